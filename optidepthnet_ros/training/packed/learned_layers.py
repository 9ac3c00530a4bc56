# SPDX-License-Identifier: Apache-2.0
"""Which layers of a network learn: all of them, all but the costliest ones, or the decoder's finest ones alone.

The layers at the full size take a third of the time of a step on a CPU, and those of the encoder at 1/2 and 1/4 another
quarter, although they hold half a percent of the weights of dlite0. A training without them sees 1.5 to 2 times as many
images in the same time; the decoder's finest layers then learn alone, which changes no coarser disparity.
"""

import copy
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # `optidepthnet --help` need not wait for torch
    from optidepthnet_ros.network.optidepthnet import OptiDepthNet

LAYERS = ALL, COARSE, FINEST = 'all', 'coarse', 'finest'


def learn_only(network: 'OptiDepthNet', layers: str) -> 'OptiDepthNet':
    """Fix the other layers, in place, and return the network as the training sees it; both share all weights.

    :param layers: one of ``LAYERS``; for ``COARSE``, the returned network enlarges the disparity of 1/2
    :raises ValueError: ``FINEST``, and the decoder has no layers at the full size
    """
    if layers == FINEST:
        if network.decoder.form.finest_level > 1:
            raise ValueError('--layers finest: the decoder of this network ends at half of the size: use all or coarse')
        network.requires_grad_(False)
        for part in (network.decoder.upconv, network.decoder.iconv, network.decoder.heads):
            part['1'].requires_grad_(True)
    elif layers == COARSE:
        for module in network.encoder.finest_modules():
            module.requires_grad_(False)
        return without_full_size(network)
    return network


def without_full_size(network: 'OptiDepthNet') -> 'OptiDepthNet':
    """Return a network with the same weights whose decoder stops at 1/2, and enlarges the disparity there."""
    from optidepthnet_ros.network.optidepthnet import OptiDepthNet

    decoder = copy.copy(network.decoder)
    decoder.form = replace(decoder.form, finest_level=2)
    seen = OptiDepthNet(network.encoder, decoder)
    seen.train(network.training)
    return seen
