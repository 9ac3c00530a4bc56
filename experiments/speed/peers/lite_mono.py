# SPDX-License-Identifier: Apache-2.0
"""Lite-Mono (Zhang et al., CVPR 2023): dilated depthwise convolutions, and attention between channels.

Section 3 and table 2: three 3x3 convolutions, the first strided; then three stages, each starting with a strided 3x3 on
the previous output, concatenated with the input averaged to its size. A stage has dilated blocks (depthwise 3x3, 1x1 to
six times the channels, GELU, 1x1 back, added to the input) and finally one block of cross-covariance attention
(El-Nouby et al., NeurIPS 2021) with eight heads and the same pair of 1x1; in the first stage with sine and cosine of
the position. The decoder halves the channels: 3x3, bilinear doubling, the skip concatenated, 3x3, ELU and reflection
padding; the disparity is enlarged once more. Batch norms and scales of residual branches fold away; heads at coarser
scales are used only in training.
"""

import math

import torch
from torch import nn
from torch.nn import functional as F

SOURCE = 'Zhang, Nex, Vosselman, Kerle, CVPR 2023, arXiv:2211.13202, section 3 and table 2; github.com/noahzn/Lite-Mono'
PUBLISHED_PARAMETERS = 3.1e6, 'the paper: 3.1 M'
WIDTHS = (48, 80, 128)
DILATIONS = ((1, 2, 3), (1, 2, 3), (1, 2, 3, 1, 2, 3, 2, 4, 6))
HEADS, EXPANSION, POSITIONS = 8, 6, 32


class _Dilated(nn.Module):
    """Maps (N, C, H, W) to the same."""

    def __init__(self, channels, dilation):
        super().__init__()
        self.depthwise = nn.Conv2d(channels, channels, 3, padding=dilation, dilation=dilation, groups=channels)
        self.expand = nn.Conv2d(channels, EXPANSION * channels, 1)
        self.project = nn.Conv2d(EXPANSION * channels, channels, 1)

    def forward(self, x):
        return x + self.project(F.gelu(self.expand(self.depthwise(x))))


class _Attention(nn.Module):
    """Maps (N, C, H, W) to the same; channels attend to channels of their head."""

    def __init__(self, channels, positions):
        super().__init__()
        self.position = nn.Conv2d(2 * POSITIONS, channels, 1) if positions else None
        self.norm, self.last_norm = nn.LayerNorm(channels), nn.LayerNorm(channels)
        self.temperature = nn.Parameter(torch.ones(HEADS, 1, 1))
        self.inputs, self.output = nn.Linear(channels, 3 * channels), nn.Linear(channels, channels)
        self.expand = nn.Linear(channels, EXPANSION * channels)
        self.project = nn.Linear(EXPANSION * channels, channels)

    def forward(self, x):
        batch, channels, height, width = x.shape
        tokens = (x if self.position is None else x + self.position(_waves(x))).flatten(2).transpose(1, 2)
        parts = self.inputs(self.norm(tokens)).transpose(1, 2).reshape(batch, 3, HEADS, channels // HEADS, -1)
        query, key, value = parts.unbind(1)
        weights = F.normalize(query, dim=-1) @ F.normalize(key, dim=-1).transpose(-2, -1) * self.temperature
        tokens = tokens + self.output((weights.softmax(dim=-1) @ value).flatten(1, 2).transpose(1, 2))
        change = self.project(F.gelu(self.expand(self.last_norm(tokens))))
        return x + change.transpose(1, 2).reshape(batch, channels, height, width)


def _waves(x):
    """Sines and cosines of row and column, in POSITIONS wavelengths each: (1, 2 * POSITIONS, H, W)."""
    ones = torch.ones_like(x[:1, :1])
    wavelengths = 10_000 ** (torch.arange(0, POSITIONS, 2, device=x.device) / POSITIONS).reshape(1, -1, 1, 1)
    waves = []
    for dim in (2, 3):
        count = ones.cumsum(dim)
        angle = 2 * math.pi * count / count.amax(dim, keepdim=True) / wavelengths
        waves += [angle.sin(), angle.cos()]
    return torch.cat(waves, dim=1)


def _activated(in_channels, out_channels, stride):
    return nn.Sequential(nn.Conv2d(in_channels, out_channels, 3, stride, 1), nn.GELU())


def _reflected(in_channels, out_channels):
    return nn.Sequential(nn.Conv2d(in_channels, out_channels, 3, padding=1, padding_mode='reflect'), nn.ELU())


def _doubled(x):
    return F.interpolate(x, scale_factor=2, mode='bilinear')


class LiteMono(nn.Module):
    """Maps (N, 3, H, W) to (N, 1, H, W), H and W multiples of 16."""

    def __init__(self, widths, dilations):
        super().__init__()
        self.stem = nn.Sequential(
            *[_activated(3 if stride == 2 else widths[0], widths[0], stride) for stride in (2, 1, 1)]
        )
        earlier = (widths[0], *(2 * width for width in widths[:-1]))
        self.halve = nn.ModuleList(
            [nn.Conv2d(before + 3, width, 3, 2, 1, bias=False) for before, width in zip(earlier, widths)]
        )
        self.stages = nn.ModuleList(
            [
                nn.Sequential(*[_Dilated(width, dilation) for dilation in stage], _Attention(width, index == 0))
                for index, (width, stage) in enumerate(zip(widths, dilations))
            ]
        )
        halves = [width // 2 for width in widths]
        self.before = nn.ModuleList(map(_reflected, (*halves[1:], widths[-1]), halves))
        self.after = nn.ModuleList(map(_reflected, (halves[0], *map(sum, zip(halves[1:], widths))), halves))
        self.head = nn.Conv2d(halves[0], 1, 3, padding=1, padding_mode='reflect')

    def forward(self, image):
        features, parts, small = [], [self.stem(image)], image
        for halve, stage in zip(self.halve, self.stages):
            small = F.avg_pool2d(small, 3, 2, 1)
            first = halve(torch.cat((*parts, small), dim=1))
            features.append(stage(first))
            parts = [first, features[-1]]
        x = features[-1]
        for level in range(len(features) - 1, -1, -1):
            x = _doubled(self.before[level](x))
            x = self.after[level](torch.cat((x, features[level - 1]), dim=1) if level else x)
        return _doubled(self.head(x)).sigmoid()


def build():
    """Return the network with random weights."""
    return LiteMono(WIDTHS, DILATIONS)
