# SPDX-License-Identifier: Apache-2.0
"""The kind of convolutions: separable everywhere, separable as in the paper's text, or dense; and which norm."""

from dataclasses import dataclass

from torch import nn

from optidepthnet_ros.network.layers import ConvBlock, DisparityHead, convolution

SEPARABLE_SCOPES = ('all', 'text')
NORMS = ('none', 'batch')


@dataclass(frozen=True)
class Style:
    """The kind of convolutions that a network uses.

    :param separable: False gives Godard's dense baselines
    :param separable_scope: ``'all'``: every convolution is separable, which reproduces the paper's parameter
        counts; ``'text'``: the first 7x7, every 1x1 and the heads stay dense, as the paper's text describes
    :param norm: ``'none'`` (the paper) or ``'batch'``
    :param dense_channels: layers with at most this many input channels are dense even if the others are separable
    """

    separable: bool
    separable_scope: str = 'all'
    norm: str = 'none'
    dense_channels: int = 0

    def __post_init__(self) -> None:
        for field, allowed in (('separable_scope', SEPARABLE_SCOPES), ('norm', NORMS)):
            if getattr(self, field) not in allowed:
                raise ValueError(f"{field} '{getattr(self, field)}' is unknown: use one of {', '.join(allowed)}")

    @property
    def everywhere(self) -> bool:
        """Whether even the first layer, the 1x1 layers and the heads are separable."""
        return self.separable and self.separable_scope == 'all'

    def conv(self, in_channels: int, out_channels: int, kernel_size: int, stride: int = 1) -> ConvBlock:
        """Convolution, norm and ELU."""
        separable = self.everywhere if kernel_size == 1 else self.separable
        return self._block(in_channels, out_channels, kernel_size, stride, separable)

    def linear(self, in_channels: int, out_channels: int, stride: int = 1) -> ConvBlock:
        """Return a 1x1 projection with norm and without activation (residual branches)."""
        return self._block(in_channels, out_channels, 1, stride, self.everywhere, activation=False)

    def stem(self, out_channels: int, stride: int, kernel_size: int = 7) -> ConvBlock:
        """Return the first layer, on three colour channels."""
        return self._block(3, out_channels, kernel_size, stride, self.everywhere)

    def head(self, in_channels: int) -> DisparityHead:
        """Return a disparity head."""
        return DisparityHead(in_channels, separable=self.everywhere and in_channels > self.dense_channels)

    def _block(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int,
        stride: int,
        separable: bool,
        activation: bool = True,
    ) -> ConvBlock:
        conv = convolution(
            in_channels, out_channels, kernel_size, stride, separable=separable and in_channels > self.dense_channels
        )
        return ConvBlock(
            conv,
            nn.BatchNorm2d(out_channels) if self.norm == 'batch' else None,
            nn.ELU(inplace=True) if activation else None,
        )
