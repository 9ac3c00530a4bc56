# SPDX-License-Identifier: Apache-2.0
"""Variance-preserving initial weights: with PyTorch's defaults, each layer halves the signal and learning stalls."""

from torch import nn

from optidepthnet_ros.network.layers import DisparityHead, SeparableConv2d

GAIN = 1.3  # keeps unit variance through ELU
HEAD_STD = 0.05  # starts every pixel at the same disparity ...
HEAD_BIAS = -2.0  # ... 0.3 * sigmoid(-2) = 0.036 of the width, about 9 m on a KITTI rig


def initialise(network: nn.Module) -> None:
    """Draw all weights again from torch's global random generator."""
    for module in network.modules():
        if isinstance(module, SeparableConv2d):
            _normal(module.conv_dw, 1 / module.conv_dw.kernel_size[0])
            _normal(module.conv_pw, GAIN / module.conv_pw.in_channels**0.5)
        elif isinstance(module, nn.Conv2d) and module.groups == 1:
            fan_in = module.in_channels * module.kernel_size[0] ** 2
            _normal(module, GAIN / fan_in**0.5)
    for head in (module for module in network.modules() if isinstance(module, DisparityHead)):
        conv = head.conv.conv
        last = conv.conv_pw if isinstance(conv, SeparableConv2d) else conv
        _normal(last, HEAD_STD / (last.in_channels * last.kernel_size[0] ** 2) ** 0.5)
        assert last.bias is not None  # as DisparityHead makes it
        nn.init.constant_(last.bias, HEAD_BIAS)


def _normal(conv: nn.Conv2d, std: float) -> None:
    nn.init.normal_(conv.weight, std=std)
    if conv.bias is not None:
        nn.init.zeros_(conv.bias)
