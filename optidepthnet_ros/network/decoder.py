# SPDX-License-Identifier: Apache-2.0
"""The decoder of all networks: upsamples, merges the skip and the coarser disparity, predicts four scales."""

from dataclasses import dataclass

import torch
from torch import nn
from torch.nn import functional as F

from optidepthnet_ros.network.layers import upsample
from optidepthnet_ros.network.style import Style

SCALES = 4


@dataclass(frozen=True)
class DecoderForm:
    """Width and depth of a decoder; the default is that of Godard et al., which the paper uses.

    :param channels: at 1/1, 1/2, 1/4, ...
    :param upconv: a convolution ``'after'`` each upsampling, or ``'before'`` it at a quarter of the cost, or ``'none'``
    :param finest_level: with 2 there are no layers at 1/1: the disparity there is the enlarged one of 1/2
    """

    channels: tuple[int, ...] = (16, 32, 64, 128, 256, 512, 512)
    upconv: str = 'after'
    finest_level: int = 1


class Decoder(nn.Module):
    """From encoder features, finest first, to disparities at 1/1, 1/2, 1/4 and 1/8 (Godard et al., section 3.3).

    Works for any image size: upsampled features are cut to the size of their skip, so that nothing is padded.
    Called with a ``finest_level`` of 2, it stops at 1/2 and returns three disparities.

    :param skip_channels: channels of the encoder's features at 1/2, 1/4, ...
    """

    def __init__(self, style: Style, skip_channels: tuple[int, ...], form: DecoderForm = DecoderForm()):
        super().__init__()
        self.form = form
        self.upconv, self.iconv, self.heads = nn.ModuleDict(), nn.ModuleDict(), nn.ModuleDict()
        in_channels = skip_channels[-1]
        for level in range(len(skip_channels), form.finest_level - 1, -1):
            channels = form.channels[level - 1]
            if form.upconv != 'none':
                self.upconv[str(level)] = style.conv(in_channels, channels, 3)
                in_channels = channels
            skip = skip_channels[level - 2] if level > 1 else 0
            coarser_disparity = 2 if level < SCALES else 0
            self.iconv[str(level)] = style.conv(in_channels + skip + coarser_disparity, channels, 3)
            if level <= SCALES:
                self.heads[str(level)] = style.head(channels)
            in_channels = channels

    def forward(
        self, features: list[torch.Tensor], size: tuple[int, ...], finest_level: int = 1
    ) -> tuple[torch.Tensor, ...]:
        """Decode.

        :param features: at 1/2, 1/4, ... of the image
        :param size: height and width of the image
        """
        sizes = (size, *(feature.shape[-2:] for feature in features))  # by level, starting with the image's size
        x = features[-1]
        disparities: list[torch.Tensor] = []
        for level in range(len(features), max(finest_level, self.form.finest_level) - 1, -1):
            size = sizes[level - 1]
            parts = [self._enlarged(level, x, size)]
            if level > 1:
                parts.append(features[level - 2])
            if disparities:
                parts.append(upsample(disparities[-1], size))
            x = self.iconv[str(level)](torch.cat(parts, dim=1))
            if level <= SCALES:
                disparities.append(self.heads[str(level)](x))
        if finest_level < self.form.finest_level:
            enlarged = F.interpolate(disparities[-1], scale_factor=2, mode='bilinear')
            disparities.append(enlarged[..., : sizes[0][0], : sizes[0][1]])
        return tuple(reversed(disparities))

    def _enlarged(self, level: int, x: torch.Tensor, size: tuple[int, ...]) -> torch.Tensor:
        if self.form.upconv == 'before':
            return upsample(self.upconv[str(level)](x), size)
        x = upsample(x, size)
        return self.upconv[str(level)](x) if self.form.upconv == 'after' else x
