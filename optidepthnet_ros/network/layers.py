# SPDX-License-Identifier: Apache-2.0
"""The building blocks of the networks: one convolution, dense or depthwise separable, with norm and activation."""

from collections.abc import Callable, Iterable

import torch
from torch import nn
from torch.nn import functional as F


class GroupedConv2d(nn.Conv2d):
    """A convolution that ignores autocast on a CPU if it is depthwise.

    There the backward pass of a depthwise convolution took up to six times as long in bfloat16 as in float32.
    """

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if self.groups == 1 or x.device.type != 'cpu' or not torch.is_autocast_enabled('cpu'):
            return super().forward(x)
        return in_full_precision(super().forward, x).to(x.dtype)


class SeparableConv2d(nn.Module):
    """A depthwise k x k convolution (no bias, no activation) followed by a pointwise one (OptiDepthNet, section III).

    Maps (N, C_in, H, W) to (N, C_out, ceil(H / stride), ceil(W / stride)) for odd kernels.
    With ``product_weight`` set, it computes the same function as one dense convolution whose
    weight is the product of both factors. Gradients reach both factors, and training is faster on CPUs,
    where depthwise backward passes are slow.
    """

    def __init__(self, in_channels: int, out_channels: int, kernel_size: int, stride: int = 1):
        super().__init__()
        self.conv_dw = GroupedConv2d(
            in_channels, in_channels, kernel_size, stride, (kernel_size - 1) // 2, groups=in_channels, bias=False
        )
        self.conv_pw = nn.Conv2d(in_channels, out_channels, 1)
        self.product_weight = False

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if not self.product_weight:
            return self.conv_pw(self.conv_dw(x))
        weight = self.conv_pw.weight * self.conv_dw.weight.transpose(0, 1)
        return F.conv2d(x, weight, self.conv_pw.bias, self.conv_dw.stride, self.conv_dw.padding)


class ConvBlock(nn.Module):
    """Convolution with optional batch normalisation and activation: the unit of encoders and decoder.

    A batch normalisation folds into the convolution for inference, see :func:`~.forms.fold`.
    """

    def __init__(
        self, conv: SeparableConv2d | nn.Conv2d, norm: nn.BatchNorm2d | None = None, activation: nn.Module | None = None
    ):
        super().__init__()
        self.conv = conv
        self.norm: nn.BatchNorm2d | nn.Identity = norm or nn.Identity()
        self.activation = activation or nn.Identity()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.activation(self.norm(self.conv(x)))


class DisparityHead(nn.Module):
    """Left and right disparity as fractions of image width: (N, C, H, W) to (N, 2, H, W) in 0..0.3.

    It ignores autocast: a logit of eight bits would give depth in steps of one or two percent.
    """

    MAX_DISPARITY = 0.3

    def __init__(self, in_channels: int, *, separable: bool):
        super().__init__()
        self.conv = ConvBlock(convolution(in_channels, 2, 3, separable=separable))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return in_full_precision(self._disparity, x)

    def _disparity(self, x: torch.Tensor) -> torch.Tensor:
        return self.MAX_DISPARITY * torch.sigmoid(self.conv(x))


def in_full_precision(function: Callable[[torch.Tensor], torch.Tensor], x: torch.Tensor) -> torch.Tensor:
    """Return ``function(x)``, computed in float32 where autocast would use fewer bits."""
    if not torch.is_autocast_enabled(x.device.type):
        return function(x)
    with torch.autocast(x.device.type, enabled=False):
        return function(x.float())


def convolution(
    in_channels: int, out_channels: int, kernel_size: int, stride: int = 1, *, separable: bool
) -> SeparableConv2d | nn.Conv2d:
    """Return a convolution with zero padding: separable (OptiDepthNet) or dense (Godard et al., CVPR 2017)."""
    if separable:
        return SeparableConv2d(in_channels, out_channels, kernel_size, stride)
    return nn.Conv2d(in_channels, out_channels, kernel_size, stride, (kernel_size - 1) // 2)


def outputs_of(stages: Iterable[nn.Module], x: torch.Tensor) -> list[torch.Tensor]:
    """Return the output of each stage; the first takes ``x``, the others take the output before theirs."""
    outputs = []
    for stage in stages:
        x = stage(x)
        outputs.append(x)
    return outputs


def upsample(x: torch.Tensor, size: tuple[int, ...]) -> torch.Tensor:
    """Nearest-neighbour upsampling by two, cut to ``size``: (N, C, ceil(H / 2), ceil(W / 2)) to (N, C, H, W).

    For n pixels of x, up to 2000, ``size`` is 2n or 2n - 1, and i n / size rounds down to i // 2 for both. So pixels
    that would be cut are never computed.
    """
    return F.interpolate(x, size=tuple(size), mode='nearest')
