# SPDX-License-Identifier: Apache-2.0
"""PyDNet (Poggi et al., IROS 2018): a pyramid of six levels, and at each a small decoder that refines the next coarser.

Section III: the encoder halves six times, two 3x3 convolutions a level, 16 32 64 96 128 192 channels; each decoder has
four 3x3 convolutions of 96, 64, 32 and 8 channels on the level's features and the upsampled coarser ones; 2x2
deconvolutions of stride 2 upsample the 8 channels; leaky ReLU 0.2; the first two of the 8 channels give the
disparities. The finest output is at half resolution.
"""

import torch
from torch import nn

SOURCE = 'Poggi, Aleotti, Tosi, Mattoccia, IROS 2018, arXiv:1806.11430, section III and figure 2'
PUBLISHED_PARAMETERS = 1.9e6, 'the paper: 1.9 million'
ENCODER = (16, 32, 64, 96, 128, 192)
DECODER = (96, 64, 32, 8)


def _conv(in_channels, out_channels, stride=1):
    return nn.Sequential(nn.Conv2d(in_channels, out_channels, 3, stride, 1), nn.LeakyReLU(0.2))


class PyDNet(nn.Module):
    """Maps (N, 3, H, W) to (N, 2, H / 2, W / 2), H and W multiples of 64."""

    def __init__(self):
        super().__init__()
        self.levels, self.decoders, self.upsample = nn.ModuleList(), nn.ModuleList(), nn.ModuleList()
        in_channels = 3
        for channels in ENCODER:
            self.levels.append(nn.Sequential(_conv(in_channels, channels, 2), _conv(channels, channels)))
            in_channels = channels
        for channels in ENCODER:
            coarser = 0 if channels == ENCODER[-1] else DECODER[-1]
            widths = (channels + coarser, *DECODER)
            self.decoders.append(nn.Sequential(*map(_conv, widths, widths[1:])))
        for _ in ENCODER[1:]:
            self.upsample.append(nn.ConvTranspose2d(DECODER[-1], DECODER[-1], 2, 2))

    def forward(self, image):
        features = []
        for level in self.levels:
            image = level(image)
            features.append(image)
        x = self.decoders[-1](features[-1])
        for index in range(len(ENCODER) - 2, -1, -1):
            x = self.decoders[index](torch.cat((features[index], self.upsample[index](x)), dim=1))
        return 0.3 * torch.sigmoid(x[:, :2])


def build():
    """Return the network with random weights."""
    return PyDNet()
