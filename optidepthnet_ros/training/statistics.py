# SPDX-License-Identifier: Apache-2.0
"""Batch statistics of a network that has them already: kept in a training, as they are used for inference."""

from torch import nn


def keep_statistics(network: nn.Module) -> None:
    """Let batch normalisation use its running statistics in training as well, and leave them alone.

    Small batches of varied windows have other statistics than the whole images that a network is used with: measured
    again from a few batches, they spoil what it knows before the first step.
    """
    for module in network.modules():
        if isinstance(module, nn.modules.batchnorm._BatchNorm):
            module.eval()
