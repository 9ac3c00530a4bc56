# SPDX-License-Identifier: Apache-2.0
"""Which parameters of a network learn how fast, and which decay."""

from typing import Any

from optidepthnet_ros.network.optidepthnet import OptiDepthNet


def parameter_groups(
    network: OptiDepthNet, learning_rate: float, decay: float, encoder_rate: float
) -> list[dict[str, Any]]:
    """Return parameter groups for an optimiser: weights decay, biases and norms do not.

    :param encoder_rate: learning rate of the encoder as a share of ``learning_rate``; below 1, the encoder keeps more
        of what its initial weights know, as MiDaS does (Ranftl et al., PAMI 2022)
    """
    groups = []
    for part, rate in ((network.encoder, encoder_rate), (network.decoder, 1.0)):
        for decays in (True, False):
            parameters = [parameter for parameter in part.parameters() if (parameter.ndim > 1) == decays]
            groups.append({'params': parameters, 'lr': rate * learning_rate, 'weight_decay': decay if decays else 0.0})
    return groups
