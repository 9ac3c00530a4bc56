# SPDX-License-Identifier: Apache-2.0
"""Other forms of the same network: folded for inference, product weights for training on CPUs."""

import copy
from typing import TypeVar

import torch
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from optidepthnet_ros.network.layers import ConvBlock, SeparableConv2d

# Up to this size, one dense convolution trains faster than depthwise plus pointwise (measured on two CPU cores).
PRODUCT_MAX_CHANNELS = 130

Network = TypeVar('Network', bound=nn.Module)


def use_product_weights(network: Network) -> Network:
    """Switch the layers that benefit to their dense product form, in place; parameters stay the same.

    This pays off where depthwise backward passes are slow: on CPUs, and on GPUs in bfloat16.
    """
    for module in network.modules():
        if isinstance(module, SeparableConv2d):
            module.product_weight = (
                module.conv_dw.kernel_size == (1, 1) or module.conv_dw.in_channels <= PRODUCT_MAX_CHANNELS
            )
    return network


def fold(network: Network) -> Network:
    """Return a copy for inference, in eval mode: batch norms and 1x1 depthwise layers folded into their neighbours."""
    folded = copy.deepcopy(network).eval().requires_grad_(False)
    for block in (module for module in folded.modules() if isinstance(module, ConvBlock)):
        _fold_norm(block)
        if isinstance(block.conv, SeparableConv2d):
            block.conv.product_weight = False
            if block.conv.conv_dw.kernel_size == (1, 1):
                block.conv = _fold_pointwise(block.conv)
    return folded


def _fold_norm(block: ConvBlock) -> None:
    if isinstance(block.norm, nn.Identity):
        return
    if isinstance(block.conv, SeparableConv2d):
        block.conv.conv_pw = fuse_conv_bn_eval(block.conv.conv_pw, block.norm)
    else:
        block.conv = fuse_conv_bn_eval(block.conv, block.norm)
    block.norm = nn.Identity()


def _fold_pointwise(conv: SeparableConv2d) -> nn.Conv2d:
    """Return one 1x1 convolution for a 1x1 depthwise one (a scale per channel) and its pointwise one."""
    pointwise = conv.conv_pw
    single = nn.Conv2d(pointwise.in_channels, pointwise.out_channels, 1, conv.conv_dw.stride[0])
    assert single.bias is not None and pointwise.bias is not None  # as SeparableConv2d makes them
    with torch.no_grad():
        single.weight.copy_(pointwise.weight * conv.conv_dw.weight.transpose(0, 1))
        single.bias.copy_(pointwise.bias)
    return single.requires_grad_(False)
