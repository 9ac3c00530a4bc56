"""Counts parameters and multiply-accumulates."""

import copy

import torch
from torch import nn


def count_parameters(network: nn.Module) -> int:
    """Return the number of weights."""
    return sum(parameter.numel() for parameter in network.parameters())


def count_gmac(network: nn.Module, height: int, width: int) -> float:
    """Return the thousand millions of multiply-accumulates of all convolutions for one image; nothing is computed."""
    total = 0

    def count(module, inputs, output):
        nonlocal total
        kernel = module.kernel_size[0] * module.kernel_size[1]
        # A transposed convolution spreads each input pixel, an ordinary one collects for each output pixel.
        pixels, channels = ((inputs[0], module.out_channels) if isinstance(module, nn.ConvTranspose2d) else
                            (output, module.in_channels))
        total += pixels.numel() * kernel * channels // module.groups

    network = copy.deepcopy(network).to('meta')
    for module in network.modules():
        if isinstance(module, (nn.Conv2d, nn.ConvTranspose2d)):
            module.register_forward_hook(count)
    with torch.inference_mode():
        network(torch.zeros(1, 3, height, width, device='meta'))
    return total / 1e9
