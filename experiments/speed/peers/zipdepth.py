# SPDX-License-Identifier: Apache-2.0
"""ZipDepth, base (Tosi et al., ECCV 2026): plain 3x3 layers with a little attention, and 1x1 layers of four groups.

In its inference form: each block of three branches is one 3x3, batch norms are folded. A stem of 24 and 48 channels at
1/2 and 1/4, stages of 48, 96, 192 and 384 channels with 2, 2, 6 and 2 blocks, each but the first after a strided one.
Stage 2 ends with two depthwise layers, one dilated, and a gate of row and column means; stage 3 with channel attention
and a global context; stage 4 with pooling of 5, 9 and 13 pixels. The decoder adds projections of both scales. Of the
two published final steps, this is the one that its authors recommend for CPUs.
"""

import torch
from torch import nn
from torch.nn import functional as F

SOURCE = 'Tosi et al., ECCV 2026, arXiv:2607.08771, and github.com/fabiotosi92/ZipDepth, zipdepth/model/architecture.py'
PUBLISHED_PARAMETERS = 6.1e6, 'base, fused: 6.1 M'
STAGES = ((48, 2), (96, 2), (192, 6), (384, 2))
DECODER = (288, 192, 144, 96, 32)
GROUPS = 4
EXCHANGE = 0.3


def _conv(in_channels, out_channels, kernel=3, stride=1):
    return nn.Sequential(nn.Conv2d(in_channels, out_channels, kernel, stride, kernel // 2), nn.ReLU())


def _pointwise(in_channels, out_channels, bias=False):
    return nn.Conv2d(in_channels, out_channels, 1, groups=GROUPS, bias=bias)


class _TwoDilations(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.near = nn.Conv2d(channels, channels, 3, padding=1, groups=channels)
        self.far = nn.Conv2d(channels, channels, 3, padding=2, dilation=2, groups=channels, bias=False)

    def forward(self, x):
        return x + self.near(x) + self.far(x)


class _StripGate(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.gate = nn.Conv2d(channels, channels, 1, groups=channels)

    def forward(self, x):
        return x * self.gate(x.mean(3, keepdim=True) + x.mean(2, keepdim=True)).sigmoid()


class _ChannelGate(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.squeeze = nn.Conv2d(channels, channels // 8, 1, bias=False)
        self.excite = nn.Conv2d(channels // 8, channels, 1, bias=False)

    def forward(self, x):
        return x * self.excite(self.squeeze(x.mean((2, 3), keepdim=True)).relu()).sigmoid()


class _Context(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.weight = nn.Conv2d(channels, 1, 1)
        self.change = nn.Sequential(_conv(channels, channels // 4, 1), nn.Conv2d(channels // 4, channels, 1))

    def forward(self, x):
        weight = self.weight(x).flatten(2).softmax(2)
        return x + self.change((x.flatten(2) @ weight.transpose(1, 2)).unsqueeze(3))


class _PooledPyramid(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.before, self.after = _conv(channels, channels // 4, 1), _conv(channels, channels, 1)

    def forward(self, x):
        scales = [self.before(x)]
        for _ in range(3):
            scales.append(F.max_pool2d(scales[-1], 5, 1, 2))
        return self.after(torch.cat(scales, 1))


class _Fusion(nn.Module):
    def __init__(self, high, low, out):
        super().__init__()
        self.high, self.low = _pointwise(high, out, bias=True), _pointwise(low, out)

    def forward(self, high, low):
        low = F.interpolate(low, scale_factor=2, mode='bilinear', align_corners=False)
        return (self.high(high) + self.low(low)).relu()


class _Doubling(nn.Module):
    """Blends nearest and bilinear enlargement by predicted shares: its authors' version for CPUs."""

    def __init__(self, channels):
        super().__init__()
        hidden = channels // 2
        self.share = nn.Sequential(
            _conv(channels, hidden, 1),
            nn.Conv2d(hidden, hidden, 5, padding=2, groups=hidden),
            nn.ReLU(),
            nn.Conv2d(hidden, 1, 1, bias=False),
        )

    def forward(self, features, depth):
        share, smooth = (
            F.interpolate(x, scale_factor=2, mode='bilinear', align_corners=False)
            for x in (self.share(features), depth)
        )
        share = share.sigmoid()
        return (share * F.interpolate(depth, scale_factor=2, mode='nearest') + (1 - share) * smooth).relu()


class ZipDepth(nn.Module):
    """Maps (N, 3, H, W) to (N, 1, H, W), H and W multiples of 32."""

    def __init__(self):
        super().__init__()
        channels = [width for width, _ in STAGES]
        self.stem, self.quarter = _conv(3, channels[0] // 2, 3, 2), _conv(channels[0] // 2, channels[0], 3, 2)
        ends = ([], [_TwoDilations, _StripGate], [_ChannelGate, _Context], [_PooledPyramid])
        self.stages = nn.ModuleList()
        for index, ((width, depth), end) in enumerate(zip(STAGES, ends, strict=True)):
            strided = [_conv(channels[index - 1], width, 3, 2)] if index else []
            blocks = [_conv(width, width) for _ in range(depth)]
            self.stages.append(nn.Sequential(*strided, *blocks, *(make(width) for make in end)))
        self.up, self.down = _pointwise(channels[3], channels[2]), _pointwise(channels[2], channels[3])
        self.deepest = _conv(channels[3], DECODER[0], 1)
        highs = (channels[2], channels[1], channels[0], channels[0] // 2)
        self.fusions = nn.ModuleList(map(_Fusion, highs, DECODER, DECODER[1:]))
        self.head = nn.Conv2d(DECODER[-1], 1, 3, padding=1)
        self.upsampling = _Doubling(DECODER[-1])

    def forward(self, image):
        x = [self.stem(image)]
        x.append(self.quarter(x[0]))
        for stage in self.stages:
            x.append(stage(x[-1]))
        half, _, first, second, third, fourth = x
        raised = F.interpolate(self.up(fourth), scale_factor=2, mode='nearest')
        third, fourth = third + EXCHANGE * raised, fourth + EXCHANGE * F.avg_pool2d(self.down(third), 2)
        low = self.deepest(fourth)
        for fusion, high in zip(self.fusions, (third, second, first, half), strict=True):
            low = fusion(high, low)
        return self.upsampling(low, self.head(low))


def build():
    """Return the network with random weights."""
    return ZipDepth()
