# SPDX-License-Identifier: Apache-2.0
"""MiDaS 2.1 small (Ranftl et al., TPAMI 2022): EfficientNet-Lite3 and a decoder of dense residual units.

EfficientNet-Lite3 (Tan and Le, ICML 2019; Google's Lite variant) is Lite0 with widths times 1.2 and blocks times 1.4.
Its features at 1/4 to 1/32 pass a 3x3 convolution to 64, 128, 256 and 512 channels. Starting with the coarsest, a
fusion adds a residual unit of the features, applies another one, doubles the size bilinearly and halves the channels by
a 1x1; a residual unit is ReLU and 3x3, twice. Then a 3x3 to 32, bilinear doubling, 3x3 to 32, 1x1 to one. The published
number of parameters includes one residual unit of the coarsest fusion that is never run: it is left out here.
"""

from torch import nn
from torch.nn import functional as F

from optidepthnet_ros.network.encoders.efficientnet_lite0 import HalvingConv2d, InvertedResidual
from optidepthnet_ros.network.forms import fold
from optidepthnet_ros.network.layers import ConvBlock, outputs_of

SOURCE = 'Ranftl, Lasinger, Hafner, Schindler, Koltun, TPAMI 2022, arXiv:1907.01341; isl-org/MiDaS, v2.1 small'
NEVER_RUN = 2 * (512 * 512 * 9 + 512)
PUBLISHED_PARAMETERS = 21e6 - NEVER_RUN, 'the repository: 21 M, less the 4.7 M that are never run'
STEM = 32
STAGES = (  # of Lite3: kernel, expansion, channels, blocks, stride; in groups that end at 1/4, 1/8, 1/16, 1/32
    ((3, 1, 24, 1, 1), (3, 6, 32, 3, 2)),
    ((5, 6, 48, 3, 2),),
    ((3, 6, 96, 5, 2), (5, 6, 136, 5, 1)),
    ((5, 6, 232, 6, 2), (3, 6, 384, 1, 1)),
)
FEATURES, WIDTHS = (32, 48, 136, 384), (64, 128, 256, 512)


class _ResidualUnit(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.first = nn.Conv2d(channels, channels, 3, padding=1)
        self.second = nn.Conv2d(channels, channels, 3, padding=1)

    def forward(self, x):
        return x + self.second(F.relu(self.first(F.relu(x))))


def _doubled(x, aligned):
    return F.interpolate(x, scale_factor=2, mode='bilinear', align_corners=aligned)


class MidasSmall(nn.Module):
    """Maps (N, 3, H, W) to (N, 1, H, W), H and W multiples of 32."""

    def __init__(self):
        super().__init__()
        self.levels, in_channels = nn.ModuleList(), STEM
        for stages in STAGES:
            blocks = (
                []
                if self.levels
                else [ConvBlock(HalvingConv2d(3, STEM, 3), nn.BatchNorm2d(STEM), nn.ReLU6(inplace=True))]
            )
            for kernel_size, expansion, channels, count, stride in stages:
                for index in range(count):
                    blocks.append(
                        InvertedResidual(in_channels, channels, kernel_size, expansion, 1 if index else stride)
                    )
                    in_channels = channels
            self.levels.append(nn.Sequential(*blocks))
        self.widen = nn.ModuleList(
            [nn.Conv2d(features, width, 3, padding=1, bias=False) for features, width in zip(FEATURES, WIDTHS)]
        )
        self.skips = nn.ModuleList(map(_ResidualUnit, WIDTHS[:-1]))
        self.units = nn.ModuleList(map(_ResidualUnit, WIDTHS))
        self.narrow = nn.ModuleList([nn.Conv2d(width, max(width // 2, WIDTHS[0]), 1) for width in WIDTHS])
        self.before = nn.Conv2d(WIDTHS[0], WIDTHS[0] // 2, 3, padding=1)
        self.after = nn.Sequential(
            nn.Conv2d(WIDTHS[0] // 2, 32, 3, padding=1), nn.ReLU(), nn.Conv2d(32, 1, 1), nn.ReLU()
        )

    def forward(self, image):
        features = [widen(x) for widen, x in zip(self.widen, outputs_of(self.levels, image))]
        x = features[-1]
        for level in range(len(WIDTHS) - 1, -1, -1):
            if level < len(self.skips):
                x = x + self.skips[level](features[level])
            x = self.narrow[level](_doubled(self.units[level](x), aligned=True))
        return self.after(_doubled(self.before(x), aligned=False))


def build():
    """Return the network with random weights, batch norms folded."""
    return fold(MidasSmall())
