# SPDX-License-Identifier: Apache-2.0
"""The VGG-like encoder of Godard et al., CVPR 2017 (supplement, table 1), OptiDepthNet's DVGG, and smaller ones."""

import torch
from torch import nn

from optidepthnet_ros.network.encoders.encoder import Encoder
from optidepthnet_ros.network.layers import outputs_of
from optidepthnet_ros.network.style import Style

KERNELS = (7, 5, 3, 3, 3, 3, 3)
CHANNELS = (32, 64, 128, 256, 512, 512, 512)


class VggEncoder(Encoder):
    """Pairs of convolutions, one of each with stride 2: features at 1/2, 1/4, ... (the paper's seven: to 1/128).

    :param strided_first: the first convolution of each pair has the stride, so that the second costs a quarter; in the
        paper the second has it
    """

    def __init__(
        self,
        style: Style,
        channels: tuple[int, ...] = CHANNELS,
        kernels: tuple[int, ...] = KERNELS,
        *,
        strided_first: bool = False,
    ):
        super().__init__()
        self.channels = channels
        self.stages = nn.ModuleList()
        strides, in_channels = (2, 1) if strided_first else (1, 2), 3
        for kernel, width in zip(kernels, channels, strict=True):
            first = (
                style.conv(in_channels, width, kernel, strides[0])
                if self.stages
                else style.stem(width, strides[0], kernel)
            )
            self.stages.append(nn.Sequential(first, style.conv(width, width, kernel, strides[1])))
            in_channels = width

    def forward(self, image: torch.Tensor) -> list[torch.Tensor]:
        return outputs_of(self.stages, image)

    def finest_modules(self) -> list[nn.Module]:
        """Return the modules that compute the features at 1/2 and 1/4, and no others."""
        return list(self.stages[:2])
