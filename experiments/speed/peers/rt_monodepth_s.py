# SPDX-License-Identifier: Apache-2.0
"""RT-MonoDepth-S (Feng et al., ICIP 2024): a pyramid of four levels, a decoder of dense 3x3 layers; no batch norm.

Section 3: a 7x7 of stride 2, then three levels of two 3x3 convolutions, the first strided, 64, 128 and 192 channels,
leaky ReLU 0.1; at each of four levels a 3x3 convolution to 96, 64, 32 and 16 channels, nearest-neighbour upsampling and
a second 3x3; ELU and reflection padding. The released small network has no skip connections, and only without them does
it have the published number of parameters. Heads at coarser scales are used only in training.
"""

import itertools

from torch import nn
from torch.nn import functional as F

SOURCE = 'Feng, Chen, Zhang, Hu, Li, Ge, ICIP 2024, arXiv:2308.10569, section 3, and github.com/Ecalpal/RT-MonoDepth'
PUBLISHED_PARAMETERS = 1.24e6, 'the released network: 1.24 M'
ENCODER = (64, 64, 128, 192)
DECODER = (96, 64, 32, 16)


def _reflected(in_channels, out_channels):
    return nn.Sequential(nn.Conv2d(in_channels, out_channels, 3, padding=1, padding_mode='reflect'), nn.ELU())


class RtMonoDepthS(nn.Module):
    """Maps (N, 3, H, W) to (N, 1, H, W), H and W multiples of 16."""

    def __init__(self):
        super().__init__()
        layers = [nn.Conv2d(3, ENCODER[0], 7, 2, 3, bias=False), nn.ReLU()]
        for before, channels in itertools.pairwise(ENCODER):
            layers += [
                nn.Conv2d(before, channels, 3, 2, 1),
                nn.LeakyReLU(0.1),
                nn.Conv2d(channels, channels, 3, 1, 1),
                nn.LeakyReLU(0.1),
            ]
        self.encoder = nn.Sequential(*layers)
        self.before = nn.ModuleList(map(_reflected, (ENCODER[-1], *DECODER), DECODER))
        self.after = nn.ModuleList(map(_reflected, DECODER, DECODER))
        self.head = nn.Conv2d(DECODER[-1], 1, 3, 1, 1)

    def forward(self, image):
        x = self.encoder(image)
        for before, after in zip(self.before, self.after):
            x = after(F.interpolate(before(x), scale_factor=2, mode='nearest'))
        return self.head(x).sigmoid()


def build():
    """Return the network with random weights."""
    return RtMonoDepthS()
