# SPDX-License-Identifier: Apache-2.0
"""In bfloat16 the first layers and the heads stay in float32, so that depth agrees with float32's."""

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
NAMES = 'first', 'second', 'between', 'head', 'bias', 'end'


@pytest.fixture
def model():
    """Two convolutions, a skip past one between, a head; all named but for weights."""
    random = np.random.default_rng(0)

    def convolved(x, name):
        weights = op.constant(random.standard_normal((8, 8, 3, 3)).astype(np.float32))
        layer = op.convolution(x, weights, [1, 1], [1, 1], [1, 1], [1, 1])
        layer.set_friendly_name(name)
        return layer

    image = op.parameter(SHAPE, np.float32, name='image')
    skip = convolved(convolved(image, 'first'), 'second')
    bias = op.add(convolved(op.add(skip, convolved(skip, 'between')), 'head'), op.constant(np.float32(0.1)))
    bias.set_friendly_name('bias')
    end = op.sigmoid(bias)
    end.set_friendly_name('end')
    return openvino.Model([end], [image], 'test')


def exact(model):
    """Return the names of the layers that have the attribute, which newer versions of OpenVINO name otherwise."""
    names = 'precise_0', 'DisablePrecisionConversion_0'
    layers = (one for one in model.get_ops() if one.get_type_name() != 'Result')
    return {one.get_friendly_name() for one in layers if any(name in one.get_rt_info() for name in names)}


def test_what_comes_before_the_first_skip_and_the_heads_are_exact(model):
    assert exact(model) == set()
    assert exact(with_exact_ends(model)) == set(NAMES) - {'between'}


def test_the_answer_in_float32_stays_the_same(model):
    pixels = np.random.default_rng(1).random(SHAPE, np.float32)

    def answer(model):
        return openvino.Core().compile_model(model, 'CPU', {'INFERENCE_PRECISION_HINT': 'f32'})(pixels)[0]

    np.testing.assert_array_equal(answer(with_exact_ends(model.clone())), answer(model))


@pytest.mark.parametrize('name', ['dlite0_street', 'dnano', 'dvgg'])
def test_depth_in_bfloat16_agrees_with_float32(name):
    if obstacle := OpenVinoBfloat16.obstacle():
        pytest.skip(obstacle)
    estimator = DepthEstimator(Checkpoint.load(shipped_models()[name]), 1, 'openvino-bf16')
    frames = estimator._job(1).frames()
    assert isinstance(estimator.running.runtime, OpenVinoBfloat16)
    agreement = measure_agreement(estimator.running.runtime, OpenVino(estimator._job(1).network, 1), frames)
    assert agreement.is_close and agreement.median > 0, agreement
