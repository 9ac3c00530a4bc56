# SPDX-License-Identifier: Apache-2.0
"""Folded and product-weight forms compute what the plain network does."""

import pytest
import torch
from torch import nn

from optidepthnet_ros.network.forms import fold, use_product_weights
from optidepthnet_ros.network.layers import SeparableConv2d
from optidepthnet_ros.network.optidepthnet import build_network

TOLERANCE = 1e-5


@pytest.fixture(params=['dvgg', 'dresnet50', 'vgg', 'dlite0', 'dnano'])
def network(request, image):
    """Return a network whose batch norms have statistics of data and individual scales, so that folding matters."""
    network = build_network(request.param, norm='batch')
    generator = torch.Generator().manual_seed(0)
    for norm in (module for module in network.modules() if isinstance(module, nn.BatchNorm2d)):
        nn.init.uniform_(norm.weight, 0.7, 1.3, generator=generator)
        nn.init.normal_(norm.bias, 0, 0.2, generator=generator)
        norm.momentum = 1.0
    with torch.no_grad():
        network.train()(image)
    return network.eval()


@pytest.fixture
def image():
    return torch.rand(2, 3, 128, 256, generator=torch.Generator().manual_seed(1))


def test_folded_equals_plain_which_stays_in_training_form(network, image):
    before = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    folded = fold(network)
    after = network.state_dict()
    assert before.keys() == after.keys() and all(torch.equal(before[name], after[name]) for name in before)
    _assert_same(folded, network, image)
    modules = list(folded.modules())
    assert not any(isinstance(module, nn.BatchNorm2d) for module in modules)
    assert not any(isinstance(module, SeparableConv2d) and module.conv_dw.kernel_size == (1, 1) for module in modules)


def test_product_weights_equal_plain_and_train_both_factors(image):
    plain, product = build_network('dvgg'), use_product_weights(build_network('dvgg'))
    _assert_same(product, plain, image)
    for network in (plain, product):
        network(image)[0].sum().backward()
    gradients = [dict(network.named_parameters()) for network in (plain, product)]
    for name in ('encoder.stages.0.0.conv.conv_dw.weight', 'encoder.stages.0.0.conv.conv_pw.weight'):
        expected, actual = (parameters[name].grad for parameters in gradients)
        assert torch.allclose(actual, expected, rtol=1e-3, atol=1e-3 * float(expected.abs().max()))


def _assert_same(network, reference, image):
    with torch.inference_mode():
        for output, expected in zip(network(image), reference(image)):
            assert (output - expected).abs().max() < TOLERANCE
