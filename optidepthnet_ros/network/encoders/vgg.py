"""The VGG-like encoder of Godard et al., CVPR 2017 (supplement, table 1), and OptiDepthNet's DVGG."""

from torch import nn

from optidepthnet_ros.network.layers import outputs_of
from optidepthnet_ros.network.style import Style

KERNELS = (7, 5, 3, 3, 3, 3, 3)
CHANNELS = (32, 64, 128, 256, 512, 512, 512)


class VggEncoder(nn.Module):
    """Seven pairs of convolutions, the second of each with stride 2: features at 1/2 to 1/128."""

    channels = CHANNELS

    def __init__(self, style: Style):
        super().__init__()
        self.stages = nn.ModuleList()
        in_channels = 3
        for kernel, channels in zip(KERNELS, CHANNELS):
            first = style.conv(in_channels, channels, kernel) if self.stages else style.stem(channels, stride=1)
            self.stages.append(nn.Sequential(first, style.conv(channels, channels, kernel, stride=2)))
            in_channels = channels

    def forward(self, image):
        return outputs_of(self.stages, image)
