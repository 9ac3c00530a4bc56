# SPDX-License-Identifier: Apache-2.0
"""The residual encoders of Godard et al., CVPR 2017, and OptiDepthNet's DResNet50 and DResNet152."""

import torch
from torch import nn
from torch.nn import functional as F

from optidepthnet_ros.network.encoders.encoder import Encoder
from optidepthnet_ros.network.layers import outputs_of
from optidepthnet_ros.network.style import Style

WIDTHS = (64, 128, 256, 512)
BLOCKS = {50: (3, 4, 6, 3), 152: (3, 8, 36, 3)}


class Bottleneck(nn.Module):
    """1x1, 3x3 (strided), 1x1 to four times the width, plus a projected shortcut, then ELU.

    Every block projects its shortcut, even where shapes agree: Godard's published
    58.45 M parameters include these projections.
    """

    def __init__(self, style: Style, in_channels: int, width: int, stride: int):
        super().__init__()
        self.reduce = style.conv(in_channels, width, 1)
        self.spatial = style.conv(width, width, 3, stride)
        self.expand = style.linear(width, 4 * width)
        self.shortcut = style.linear(in_channels, 4 * width, stride)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return F.elu(self.expand(self.spatial(self.reduce(x))) + self.shortcut(x))


class ResnetEncoder(Encoder):
    """7x7/2, max-pool 3/2, four residual stages with stride 2 in their last block: features at 1/2 to 1/64."""

    channels = (64, 64, 256, 512, 1024, 2048)

    def __init__(self, style: Style, depth: int):
        super().__init__()
        self.stem = style.stem(WIDTHS[0], stride=2)
        self.stages = nn.ModuleList()
        in_channels = WIDTHS[0]
        for width, count in zip(WIDTHS, BLOCKS[depth]):
            blocks = []
            for index in range(count):
                blocks.append(Bottleneck(style, in_channels, width, stride=2 if index == count - 1 else 1))
                in_channels = 4 * width
            self.stages.append(nn.Sequential(*blocks))

    def forward(self, image: torch.Tensor) -> list[torch.Tensor]:
        stem = self.stem(image)
        # Zeros around the border, as in the original, instead of the minus infinity of MaxPool2d(padding=1).
        pooled = F.max_pool2d(F.pad(stem, (1, 1, 1, 1)), 3, 2)
        return [stem, pooled, *outputs_of(self.stages, pooled)]

    def finest_modules(self) -> list[nn.Module]:
        """Return the modules that compute the features at 1/2 and 1/4, and no others."""
        return [self.stem]  # pooling has no weights
