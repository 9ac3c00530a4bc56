# SPDX-License-Identifier: Apache-2.0
"""The graphs shipped without weights match the networks that torch builds."""

from dataclasses import replace

import numpy as np
import pytest

from optidepthnet_ros.checkpoints.checkpoint import Checkpoint, CheckpointError
from optidepthnet_ros.checkpoints.models import shipped_models
from optidepthnet_ros.inference import DepthEstimator
from optidepthnet_ros.inference.finest_network import finest_network
from optidepthnet_ros.inference.runtimes.openvino_cpu import OpenVino
from optidepthnet_ros.inference.runtimes.torch_eager import TorchEager
from optidepthnet_ros.inference.shipped_graph import shipped_graph, with_weights

CHECKPOINTS = [Checkpoint.read(path) for path in shipped_models().values()]
# One checkpoint for each graph.
NETWORKS = {checkpoint.provenance.network: checkpoint for checkpoint in CHECKPOINTS}


def test_each_shipped_model_has_a_graph():
    """If it fails, run `python -m experiments.speed.graphs`."""
    for checkpoint in CHECKPOINTS:
        assert shipped_graph(checkpoint.provenance) is not None


@pytest.mark.parametrize('checkpoint', NETWORKS.values(), ids=NETWORKS)
def test_a_graph_gives_the_results_of_torch_at_any_size_and_batch(checkpoint):
    """If it fails, run `python -m experiments.speed.graphs`."""
    pytest.importorskip('openvino')
    network = finest_network(replace(checkpoint, digest=''))
    pixels = np.random.default_rng(0).random((2, 3, 101, 147), np.float32)
    answer = OpenVino(network, 1)(pixels)
    assert 'module' not in vars(network)  # not built by torch
    np.testing.assert_allclose(answer, TorchEager(network, None)(pixels), rtol=1e-4)


@pytest.mark.parametrize('checkpoint', NETWORKS.values(), ids=NETWORKS)
def test_a_graph_is_valid_onnx_with_the_weights_of_the_checkpoint(checkpoint):
    onnx = pytest.importorskip('onnx')
    graph = shipped_graph(checkpoint.provenance).read_bytes()
    model = onnx.load_model_from_string(with_weights(graph, checkpoint.state))
    onnx.checker.check_model(model, full_check=True)
    assert not onnx.load_model_from_string(graph).graph.initializer
    weights = {one.name: onnx.numpy_helper.to_array(one) for one in model.graph.initializer}
    assert weights.keys() == {name for name, values in checkpoint.state.items() if values.ndim}
    for name, values in weights.items():
        assert values.dtype == np.float32
        np.testing.assert_array_equal(values, checkpoint.state[name])


@pytest.mark.parametrize(
    'weight, change, message',
    [
        ('decoder.heads.2.conv.conv.bias', 0.1, 'its self-test is off by'),
        (
            'decoder.iconv.3.norm.running_var',
            None,
            "1 weights are not those of network 'dnano'.* 'decoder.iconv.3.norm",
        ),
    ],
)
def test_wrong_weights_are_reported_as_an_error_of_the_file_and_not_of_a_runtime(
    checkpoint_file, weight, change, message
):
    pytest.importorskip('openvino')
    checkpoint = Checkpoint.read(checkpoint_file)
    state = dict(checkpoint.state)
    values = state.pop(weight)
    if change is not None:
        state[weight] = values + np.float32(change)
    for runtime in ('openvino', 'auto'):
        with pytest.raises(CheckpointError, match=f'untrained.safetensors: unusable checkpoint: {message}'):
            DepthEstimator(replace(checkpoint, state=state, digest=''), 1, runtime)
