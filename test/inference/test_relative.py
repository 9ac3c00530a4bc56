# SPDX-License-Identifier: Apache-2.0
"""A relative ONNX network instead of a checkpoint, in each runtime that can run it."""

import numpy as np
import pytest
from training.teachers.networks import valid_contract, write_network

from optidepthnet_ros.files.atomic import sha256
from optidepthnet_ros.geometry.camera import Camera
from optidepthnet_ros.inference import RelativeEstimator, open_estimator
from optidepthnet_ros.inference.onnx_network.contract import OnnxError
from optidepthnet_ros.inference.runtimes import RUNTIMES, RuntimeUnusable

CAMERA = Camera(64, 48, 40.0, 40.0, 31.5, 23.5)


@pytest.mark.parametrize('runtime', ['auto', 'onnxruntime', 'openvino'])
def test_its_output_is_resized_to_the_image_and_otherwise_unchanged(tmp_path, runtime):
    if runtime != 'auto' and (obstacle := RUNTIMES[runtime].obstacle()):
        pytest.skip(obstacle)
    path = write_network(tmp_path / 'net.onnx', scale=2.0, shift=-1.0)
    estimator = open_estimator(path, 1, runtime)
    ramp = np.tile(np.arange(64, dtype=np.uint8) * 4, (48, 1))
    estimate = estimator.estimate(ramp, CAMERA, confidence=True)
    assert estimate.relative == estimator.digest == sha256(path) and estimate.confidence is None
    assert (estimator.name, estimator.licence) == ('Tiny', 'CC BY-NC 4.0')
    inner = slice(4, -4)  # the network sees a sixteenth of the pixels
    np.testing.assert_allclose(1 / estimate.depth[:, inner], ramp[:, inner] / 127.5 - 1, atol=0.02)
    assert estimate.network_pixel == (4, 4) and estimator.is_ready(CAMERA)
    with pytest.raises(ValueError, match='the image is 64x48, but its camera 32x24'):
        estimator.estimate(ramp, CAMERA.resized(32, 24))


@pytest.mark.parametrize('runtime', ['onnxruntime', 'openvino'])
def test_a_file_that_is_not_a_network_or_contradicts_its_contract_is_refused(tmp_path, runtime):
    if obstacle := RUNTIMES[runtime].obstacle():
        pytest.skip(obstacle)
    other = {'input': valid_contract()['input'] | {'name': 'x'}}
    with pytest.raises(OnnxError, match="names the input 'x', but the network has image"):
        RelativeEstimator(write_network(tmp_path / 'other.onnx', other), 1, runtime)
    broken = write_network(tmp_path / 'broken.onnx')
    broken.write_bytes(b'no network')
    with pytest.raises(OnnxError, match=r'broken\.onnx: cannot be read as an ONNX network'):
        RelativeEstimator(broken, 1, runtime)
    with pytest.raises(OnnxError, match='must be one map'):
        RelativeEstimator(write_network(tmp_path / 'two.onnx', maps=2), 1, runtime)


def test_a_metric_network_and_a_torch_runtime_are_refused(tmp_path):
    metric = {'output': {'name': 'depth', 'kind': 'metric depth', 'focal': 'live'}}
    with pytest.raises(OnnxError, match="says 'metric depth', but only 'relative inverse depth' can take"):
        RelativeEstimator(write_network(tmp_path / 'metric.onnx', metric))
    with pytest.raises(RuntimeUnusable, match="'torch' cannot run an ONNX file: use auto or one of openvino"):
        RelativeEstimator(write_network(tmp_path / 'net.onnx'), runtime='torch')
