# SPDX-License-Identifier: Apache-2.0
"""Separable networks request other kernels from OpenVINO and give the same answer."""

import numpy as np
import pytest

from optidepthnet_ros.checkpoints.checkpoint import Checkpoint
from optidepthnet_ros.checkpoints.models import shipped_models
from optidepthnet_ros.inference.runtimes.openvino_kernels import has_faster_kernels, with_faster_kernels
from optidepthnet_ros.inference.shipped_graph import shipped_graph, with_weights

openvino = pytest.importorskip('openvino')
SHAPE = 1, 3, 101, 147
PIXELS = np.random.default_rng(0).random(SHAPE, np.float32)


def shipped(network):
    checkpoints = (Checkpoint.read(path) for path in shipped_models().values())
    checkpoint = next(one for one in checkpoints if one.provenance.network == network)
    graph = shipped_graph(checkpoint.provenance).read_bytes()
    model = openvino.Core().read_model(with_weights(graph, checkpoint.state), b'')
    model.reshape(SHAPE)
    return model


def run(model):
    """Return the answer, and the kernels that computed it."""
    settings = {'INFERENCE_PRECISION_HINT': 'f32', 'PERF_COUNT': True}
    request = openvino.Core().compile_model(model, 'CPU', settings).create_infer_request()
    return request.infer([PIXELS])[0], [layer.exec_type for layer in request.get_profiling_info()]


def test_dlite0_gets_the_kernels_that_it_requests_and_gives_the_same_answer():
    model = shipped('dlite0')
    answer, kernels = run(with_faster_kernels(model))
    np.testing.assert_allclose(answer, run(model)[0], rtol=1e-5)
    if has_faster_kernels():
        assert sum(kernel.startswith('jit_avx2_dw') for kernel in kernels) > 15


def test_networks_with_other_layers_are_unchanged():
    model = shipped('dvgg')
    assert with_faster_kernels(model) is model
