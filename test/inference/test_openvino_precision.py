# SPDX-License-Identifier: Apache-2.0
"""With bfloat16, the first layers and the finest head stay in float32, so that depth agrees with float32."""

import numpy as np
import pytest

from optidepthnet_ros.checkpoints.checkpoint import Checkpoint
from optidepthnet_ros.checkpoints.models import shipped_models
from optidepthnet_ros.inference import DepthEstimator
from optidepthnet_ros.inference.runtimes.agreement import measure_agreement
from optidepthnet_ros.inference.runtimes.openvino_cpu import OpenVino, OpenVinoBfloat16
from optidepthnet_ros.inference.runtimes.openvino_precision import with_exact_ends

openvino = pytest.importorskip('openvino')
op = openvino.opset13
SHAPE = 1, 8, 6, 10


@pytest.fixture
def model():
    """Four convolutions, a skip connection past the third, a coarser and the finest head; all but weights are named."""
    random = np.random.default_rng(0)

    def convolved(x, name, size=3):
        weights = op.constant(random.standard_normal((8, 8, size, size)).astype(np.float32))
        border = [size // 2, size // 2]
        return named(op.convolution(x, weights, [1, 1], border, border, [1, 1]), name)

    def named(layer, name):
        layer.set_friendly_name(name)
        return layer

    def head(x, name):
        biased = op.add(convolved(x, f'{name} head'), op.constant(np.float32(0.1)))
        return named(op.sigmoid(named(biased, f'{name} bias')), f'{name} end')

    image = op.parameter(SHAPE, np.float32, name='image')
    skip = convolved(convolved(image, 'first'), 'second', size=1)
    merged = op.relu(named(op.add(skip, convolved(skip, 'third')), 'merged'))
    refined = op.relu(convolved(named(op.add(merged, head(merged, 'coarse')), 'disparity added'), 'fourth'))
    scaled = named(op.multiply(head(refined, 'fine'), op.constant(np.float32(0.3))), 'scaled')
    return openvino.Model([scaled], [image], 'test')


def exact(model):
    """Return the names of the layers with the attribute, which has another name in newer versions of OpenVINO."""
    names = 'precise_0', 'DisablePrecisionConversion_0'
    layers = (one for one in model.get_ops() if one.get_type_name() != 'Result')
    return {one.get_friendly_name() for one in layers if any(name in one.get_rt_info() for name in names)}


def test_the_first_layers_and_the_finest_head_are_exact(model):
    assert exact(model) == set()
    assert exact(with_exact_ends(model)) == {'first', 'second', 'fine head', 'fine bias', 'fine end'}


def test_only_the_first_of_several_dense_layers_is_exact():
    image = op.parameter(SHAPE, np.float32, name='image')
    x = image
    for number in range(3):
        x = op.convolution(x, op.constant(np.ones((8, 8, 3, 3), np.float32)), [1, 1], [1, 1], [1, 1], [1, 1])
        x.set_friendly_name(f'dense {number}')
    assert exact(with_exact_ends(openvino.Model([x], [image], 'test'))) == {'dense 0'}


def test_the_float32_answer_does_not_change(model):
    pixels = np.random.default_rng(1).random(SHAPE, np.float32)

    def answer(model):
        return openvino.Core().compile_model(model, 'CPU', {'INFERENCE_PRECISION_HINT': 'f32'})(pixels)[0]

    np.testing.assert_array_equal(answer(with_exact_ends(model.clone())), answer(model))


@pytest.mark.parametrize('name', sorted(shipped_models()))
def test_depth_in_bfloat16_agrees_with_float32(name):
    if obstacle := OpenVinoBfloat16.obstacle():
        pytest.skip(obstacle)
    estimator = DepthEstimator(Checkpoint.load(shipped_models()[name]), 1, 'openvino-bf16')
    frames = estimator._job(1).frames()
    assert isinstance(estimator.running.runtime, OpenVinoBfloat16)
    agreement = measure_agreement(estimator.running.runtime, OpenVino(estimator._job(1).network, 1), frames)
    assert agreement.is_close and agreement.median > 0, agreement
