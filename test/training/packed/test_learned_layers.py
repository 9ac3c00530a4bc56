# SPDX-License-Identifier: Apache-2.0
"""Trainings of a part of the layers."""

import pytest
import torch
from torch.nn import functional as F

from optidepthnet_ros.network.optidepthnet import build_network
from optidepthnet_ros.training.packed.learned_layers import ALL, COARSE, FINEST, learn_only


def learning(network, image):
    """Return the names of the parameters that get a gradient."""
    network.train()
    sum(disparity.mean() for disparity in network(image)).backward()
    return {name for name, parameter in network.named_parameters() if parameter.grad is not None}


@pytest.mark.parametrize('name', ['dlite0', 'dvgg', 'dresnet50'])
def test_a_training_in_two_parts_reaches_every_layer_once_but_the_finest_of_the_encoder(name):
    image = torch.rand(2, 3, 64, 96)
    everything, coarse, finest = (
        learning(learn_only(build_network(name, norm='batch'), layers), image) for layers in (ALL, COARSE, FINEST)
    )
    full_size = {name for name in everything if name.split('.')[2] == '1' and name.startswith('decoder.')}
    fixed = everything - coarse - full_size
    assert finest == full_size and not coarse & finest
    assert fixed and all(name.startswith('encoder.') for name in fixed)


def test_a_network_without_layers_at_the_full_size_cannot_learn_them_alone():
    with pytest.raises(ValueError, match='ends at half of the size'):
        learn_only(build_network('dnano'), FINEST)


def test_without_the_layers_at_the_full_size_the_disparity_of_half_the_size_is_enlarged():
    network, image = build_network('dlite0').eval(), torch.rand(1, 3, 63, 96)
    with torch.no_grad():
        half, seen = network(image)[1], learn_only(network, COARSE)(image)
    assert torch.equal(seen[1], half)
    assert torch.equal(seen[0], F.interpolate(half, scale_factor=2, mode='bilinear')[..., :63, :])
