# SPDX-License-Identifier: Apache-2.0
"""Keeps the batch statistics of a trained network during further training, as they are used for inference."""

from torch import nn


def keep_statistics(network: nn.Module) -> None:
    """Let batch normalisation use its running statistics in training as well, without changing them.

    Small batches of varied windows have other statistics than the whole images that a network is used with: statistics
    from a few batches would harm the network before the first step.
    """
    for module in network.modules():
        if isinstance(module, nn.modules.batchnorm._BatchNorm):
            module.eval()
