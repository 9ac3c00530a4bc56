"""The decoder that all networks share: upsample, merge the skip and the coarser disparity, predict four scales."""

import torch
from torch import nn

from optidepthnet_ros.network.layers import upsample
from optidepthnet_ros.network.style import Style

CHANNELS = (16, 32, 64, 128, 256, 512, 512)
SCALES = 4


class Decoder(nn.Module):
    """From encoder features, finest first, to disparities at 1/1, 1/2, 1/4 and 1/8 (Godard et al., section 3.3).

    Called with a ``finest_level`` of 2 it stops at 1/2 and returns three.

    :param skip_channels: channels of the encoder's features at 1/2, 1/4, ...
    """

    def __init__(self, style: Style, skip_channels: tuple[int, ...]):
        super().__init__()
        self.upconv, self.iconv, self.heads = nn.ModuleDict(), nn.ModuleDict(), nn.ModuleDict()
        in_channels = skip_channels[-1]
        for level in range(len(skip_channels), 0, -1):
            channels = CHANNELS[level - 1]
            skip = skip_channels[level - 2] if level > 1 else 0
            coarser_disparity = 2 if level < SCALES else 0
            self.upconv[str(level)] = style.conv(in_channels, channels, 3)
            self.iconv[str(level)] = style.conv(channels + skip + coarser_disparity, channels, 3)
            if level <= SCALES:
                self.heads[str(level)] = style.head(channels)
            in_channels = channels

    def forward(self, features, finest_level=1):
        x, disparities = features[-1], []
        for level in range(len(features), finest_level - 1, -1):
            parts = [self.upconv[str(level)](upsample(x))]
            if level > 1:
                parts.append(features[level - 2])
            if disparities:
                parts.append(upsample(disparities[-1]))
            x = self.iconv[str(level)](torch.cat(parts, dim=1))
            if level <= SCALES:
                disparities.append(self.heads[str(level)](x))
        return tuple(reversed(disparities))
