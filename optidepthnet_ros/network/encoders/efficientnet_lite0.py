# SPDX-License-Identifier: Apache-2.0
"""EfficientNet-Lite0 (Tan and Le, ICML 2019; Google's Lite variant) as an encoder: ImageNet weights exist for it.

Padding is TensorFlow's 'SAME' for images of even size, as in the PyTorch port that has the published weights: at
stride 2, the bottom and right get one row and column more than the top and left. Odd sizes are padded on the same
sides, so that sampling positions do not shift by half a pixel with the parity of the image size.
"""

import torch
from torch import nn
from torch.nn import functional as F

from optidepthnet_ros.network.encoders.encoder import Encoder
from optidepthnet_ros.network.layers import ConvBlock, GroupedConv2d, outputs_of

STEM_CHANNELS = 32
STAGES = (  # kernel, expansion, channels, blocks, stride of the first block
    (3, 1, 16, 1, 1),
    (3, 6, 24, 2, 2),
    (5, 6, 40, 2, 2),
    (3, 6, 80, 3, 2),
    (5, 6, 112, 3, 1),
    (5, 6, 192, 4, 2),
    (3, 6, 320, 1, 1),
)
NORM_EPSILON = 1e-3  # as published
# Statistics follow a training as fast as the decoder's (PyTorch's default); 0.01 is published, for far longer training.
NORM_MOMENTUM = 0.1
# The published input is (255 x - 127) / 128 padded with zeros: for x in 0..1 that is padding with this gray.
MEAN, STD = 127 / 255, 128 / 255


class HalvingConv2d(GroupedConv2d):
    """A convolution with stride 2: (N, C, H, W) to (N, C', ceil(H / 2), ceil(W / 2)), padded as 'SAME' where even."""

    def __init__(self, in_channels: int, out_channels: int, kernel_size: int, groups: int = 1, border: float = 0.0):
        super().__init__(in_channels, out_channels, kernel_size, stride=2, groups=groups, bias=False)
        self.border = border

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        # The last row of padding is read only if the size is odd.
        before, after = (self.kernel_size[0] - 2) // 2, (self.kernel_size[0] + 1) // 2
        return super().forward(F.pad(x, (before, after, before, after), value=self.border))


class InvertedResidual(nn.Module):
    """Expansion 1x1, depthwise k x k, linear projection 1x1; added to the input where shapes agree."""

    def __init__(self, in_channels: int, out_channels: int, kernel_size: int, expansion: int, stride: int):
        super().__init__()
        channels = expansion * in_channels
        self.expand = _block(nn.Conv2d(in_channels, channels, 1, bias=False)) if expansion > 1 else nn.Identity()
        self.depthwise = _block(
            HalvingConv2d(channels, channels, kernel_size, channels)
            if stride == 2
            else GroupedConv2d(channels, channels, kernel_size, padding=kernel_size // 2, groups=channels, bias=False)
        )
        self.project = _block(nn.Conv2d(channels, out_channels, 1, bias=False), activation=False)
        self.residual = stride == 1 and in_channels == out_channels

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        change = self.project(self.depthwise(self.expand(x)))
        return x + change if self.residual else change


class EfficientNetLite0Encoder(Encoder):
    """Features at 1/2 to 1/32, 16 to 320 channels wide; without the classifier's last 1x1 convolution."""

    channels = (16, 24, 40, 112, 320)

    def __init__(self) -> None:
        super().__init__()
        self.levels = nn.ModuleList()
        level: list[nn.Module] = [_block(HalvingConv2d(3, STEM_CHANNELS, 3, border=MEAN))]
        in_channels = STEM_CHANNELS
        for kernel_size, expansion, channels, count, stride in STAGES:
            if stride == 2:
                self.levels.append(nn.Sequential(*level))
                level = []
            for index in range(count):
                level.append(InvertedResidual(in_channels, channels, kernel_size, expansion, 1 if index else stride))
                in_channels = channels
        self.levels.append(nn.Sequential(*level))

    def forward(self, image: torch.Tensor) -> list[torch.Tensor]:
        return outputs_of(self.levels, image)

    def finest_modules(self) -> list[nn.Module]:
        """Return the modules that compute the features at 1/2 and 1/4, and no others."""
        return list(self.levels[:2])


def _block(conv: nn.Conv2d, activation: bool = True) -> ConvBlock:
    norm = nn.BatchNorm2d(conv.out_channels, NORM_EPSILON, NORM_MOMENTUM)
    return ConvBlock(conv, norm, nn.ReLU6(inplace=True) if activation else None)
