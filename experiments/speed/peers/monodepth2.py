# SPDX-License-Identifier: Apache-2.0
"""Monodepth2 (Godard et al., ICCV 2019) with ResNet18: the encoder of He et al. (CVPR 2016, table 1), a dense decoder.

Supplement, table 3: at each of five levels a 3x3 convolution to 256, 128, 64, 32 and 16 channels, nearest-neighbour
upsampling, the encoder's features concatenated, and a second 3x3; ELU and reflection padding; a 3x3 to one channel with
a sigmoid. Batch norm folds away: a bias in every convolution. Heads at coarser scales are used only in training.
"""

import itertools

import torch
from torch import nn
from torch.nn import functional as F

SOURCE = 'Godard, Mac Aodha, Firman, Brostow, ICCV 2019, arXiv:1806.01260, supplement, table 3'
PUBLISHED_PARAMETERS = 14.3e6, 'Zhang et al., Lite-Mono, CVPR 2023, table 1: 14.3 M'
ENCODER = (64, 64, 128, 256, 512)
DECODER = (16, 32, 64, 128, 256)


class _Block(nn.Module):
    def __init__(self, in_channels, channels, stride):
        super().__init__()
        self.first = nn.Conv2d(in_channels, channels, 3, stride, 1)
        self.second = nn.Conv2d(channels, channels, 3, 1, 1)
        self.shortcut = nn.Conv2d(in_channels, channels, 1, stride) if stride > 1 else nn.Identity()

    def forward(self, x):
        return F.relu(self.second(F.relu(self.first(x))) + self.shortcut(x))


def _conv(in_channels, out_channels):
    return nn.Sequential(nn.Conv2d(in_channels, out_channels, 3, padding=1, padding_mode='reflect'), nn.ELU())


class Monodepth2(nn.Module):
    """Maps (N, 3, H, W) to (N, 1, H, W), H and W multiples of 32."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, ENCODER[0], 7, 2, 3), nn.ReLU())
        self.stages = nn.ModuleList(
            [
                nn.Sequential(_Block(before, channels, 1 if channels == before else 2), _Block(channels, channels, 1))
                for before, channels in itertools.pairwise(ENCODER)
            ]
        )
        self.before, self.after = nn.ModuleList(), nn.ModuleList()
        coarser = (*DECODER[1:], ENCODER[-1])
        for in_channels, channels, skip in zip(coarser, DECODER, (0, *ENCODER)):
            self.before.append(_conv(in_channels, channels))
            self.after.append(_conv(channels + skip, channels))
        self.head = nn.Conv2d(DECODER[0], 1, 3, padding=1, padding_mode='reflect')

    def forward(self, image):
        features = [self.stem(image)]
        x = F.max_pool2d(features[0], 3, 2, 1)
        for stage in self.stages:
            x = stage(x)
            features.append(x)
        for level in range(len(DECODER) - 1, -1, -1):
            x = F.interpolate(self.before[level](x), scale_factor=2, mode='nearest')
            x = self.after[level](torch.cat((x, features[level - 1]), dim=1) if level else x)
        return torch.sigmoid(self.head(x))


def build():
    """Return the network with random weights."""
    return Monodepth2()
