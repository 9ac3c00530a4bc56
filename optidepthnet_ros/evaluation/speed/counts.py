# SPDX-License-Identifier: Apache-2.0
"""Counts the cost of a network: parameters, multiply-accumulates, bytes moved, layers."""

from dataclasses import dataclass

import torch
from torch import nn

Layer = nn.Conv2d | nn.ConvTranspose2d | nn.Linear


@dataclass(frozen=True)
class Costs:
    """The cost of all convolutions and linear layers for one image.

    :param gmac: billions of multiply-accumulates
    :param depthwise_gmac: billions of them in depthwise layers
    :param values: millions of numbers read and written if each layer reads its input and weights and writes its
        output once, with everything else fused into it; times 4 for megabytes in float32, times 2 in bfloat16
    :param layers: number of layers
    :param depthwise: number of depthwise layers
    """

    gmac: float
    depthwise_gmac: float
    values: float
    layers: int
    depthwise: int


def count_parameters(network: nn.Module) -> int:
    """Return the number of weights."""
    return sum(parameter.numel() for parameter in network.parameters())


def count_costs(network: nn.Module, height: int, width: int) -> Costs:
    """Count for an image of this size, by running the network once.

    The meta device would not compute anything, but on its first use torch imports 800 modules: 2 s.
    """
    counts = []

    def count(module: Layer, inputs: tuple[torch.Tensor, ...], output: torch.Tensor) -> None:
        groups = getattr(module, 'groups', 1)
        counts.append(
            (
                _multiplications(module, inputs[0], output),
                inputs[0].numel() + output.numel() + module.weight.numel(),
                groups > 1,
            )
        )

    hooks = [module.register_forward_hook(count) for module in network.modules() if isinstance(module, Layer)]
    with torch.inference_mode():
        network(torch.zeros(1, 3, height, width))
    for hook in hooks:
        hook.remove()
    return Costs(
        sum(mac for mac, _, _ in counts) / 1e9,
        sum(mac for mac, _, depthwise in counts if depthwise) / 1e9,
        sum(values for _, values, _ in counts) / 1e6,
        len(counts),
        sum(depthwise for _, _, depthwise in counts),
    )


def _multiplications(module: Layer, before: torch.Tensor, after: torch.Tensor) -> int:
    if isinstance(module, nn.Linear):
        return after.numel() * module.in_features
    kernel = module.kernel_size[0] * module.kernel_size[1]
    # A transposed convolution works for each input pixel, an ordinary one for each output pixel.
    pixels, channels = (
        (before, module.out_channels) if isinstance(module, nn.ConvTranspose2d) else (after, module.in_channels)
    )
    return pixels.numel() * kernel * channels // module.groups
