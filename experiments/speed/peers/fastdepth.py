# SPDX-License-Identifier: Apache-2.0
"""FastDepth (Wofk et al., ICRA 2019): MobileNet, and a decoder of depthwise separable 5x5 layers; before pruning.

Figure 2 and section III: MobileNet (Howard et al., 2017, table 1) without its classifier; five times depthwise 5x5 and
pointwise to 512, 256, 128, 64 and 32 channels, each followed by nearest-neighbour upsampling; the encoder's features of
256, 128 and 64 channels added after the second, third and fourth; a last 1x1 to one channel. Batch norm, which folds
away, and ReLU everywhere, in the encoder clipped at 6. The released network agrees in every layer. The published model
is pruned by NetAdapt, to channel numbers that are not published.
"""

from torch import nn
from torch.nn import functional as F

SOURCE = 'Wofk, Ma, Yang, Karaman, Sze, ICRA 2019, arXiv:1903.03273, figure 2 and table II'
PUBLISHED_PARAMETERS = 3.93e6, 'the paper, table II: 3.93 M weights before pruning'
MOBILENET = ((64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), *[(512, 1)] * 5, (1024, 2), (1024, 1))
SKIPS = (0, 2, 4)  # indices of the blocks with 64, 128, 256 channels, at 1/2, 1/4, 1/8
DECODER = (512, 256, 128, 64, 32)


def _separable(in_channels, out_channels, kernel_size, activation, stride=1):
    return nn.Sequential(
        nn.Conv2d(in_channels, in_channels, kernel_size, stride, kernel_size // 2, groups=in_channels),
        activation(),
        nn.Conv2d(in_channels, out_channels, 1),
        activation(),
    )


class FastDepth(nn.Module):
    """Maps (N, 3, H, W) to (N, 1, H, W), H and W multiples of 32. Norms are folded: a bias in every convolution."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 32, 3, 2, 1), nn.ReLU6())
        self.blocks, in_channels = nn.ModuleList(), 32
        for channels, stride in MOBILENET:
            self.blocks.append(_separable(in_channels, channels, 3, nn.ReLU6, stride))
            in_channels = channels
        self.decoders = nn.ModuleList()
        for channels in DECODER:
            self.decoders.append(_separable(in_channels, channels, 5, nn.ReLU))
            in_channels = channels
        self.last = nn.Sequential(nn.Conv2d(in_channels, 1, 1), nn.ReLU())

    def forward(self, image):
        x, skips = self.stem(image), []
        for index, block in enumerate(self.blocks):
            x = block(x)
            if index in SKIPS:
                skips.append(x)
        for index, decoder in enumerate(self.decoders):
            x = F.interpolate(decoder(x), scale_factor=2, mode='nearest')
            if 1 <= index <= 3:
                x = x + skips.pop()
        return self.last(x)


def build():
    """Return the network with random weights."""
    return FastDepth()
