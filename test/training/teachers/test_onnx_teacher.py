# SPDX-License-Identifier: Apache-2.0
"""An ONNX network gets the input that its contract describes, and its output becomes inverse depth in 1/m."""

import cv2
import numpy as np
import pytest
from training.teachers.networks import SIZE, valid_contract, write_network

from optidepthnet_ros.files.atomic import sha256
from optidepthnet_ros.geometry.camera import Camera
from optidepthnet_ros.inference.onnx_network.contract import OnnxError
from optidepthnet_ros.training.teachers.opening import open_teacher

pytest.importorskip('onnxruntime')

CAMERA = Camera(64, 48, 40.0, 40.0, 31.5, 23.5)  # the networks see a focal length of 10 px
BLUE, GREEN, RED = 51, 102, 204


@pytest.fixture
def image():
    return np.full((48, 64, 3), (BLUE, GREEN, RED), np.uint8)


def output(kind, **focal):
    return {'output': {'name': 'depth', 'kind': kind, **focal}}


def test_relative_inverse_depth_is_unchanged(tmp_path, image):
    teacher = open_teacher(write_network(tmp_path / 'net.onnx', scale=2.0, shift=-3.0))
    answer = teacher.inverse_depth(image, CAMERA)
    assert answer.shape == SIZE and answer.dtype == np.float32 and not teacher.metric
    np.testing.assert_allclose(answer, 2 * RED / 255 - 3, rtol=1e-5)
    record = teacher.record
    assert (record.name, record.licence, record.digest) == ('Tiny', 'CC BY-NC 4.0', sha256(tmp_path / 'net.onnx'))


@pytest.mark.parametrize('kind, inverted', [('metric depth', True), ('inverse depth', False)])
@pytest.mark.parametrize('focal, factor', [('live', 1), (10, 1), (20, 2), (5, 0.5)])
def test_metres_follow_the_live_focal_length(tmp_path, image, kind, inverted, focal, factor):
    """To a network for 20 px that sees 10 px, an object looks half as large, and is placed twice as far away."""
    path = write_network(tmp_path / 'net.onnx', output(kind, focal=focal), inverted=inverted)
    teacher = open_teacher(path)
    assert teacher.metric
    np.testing.assert_allclose(teacher.inverse_depth(image, CAMERA), factor * RED / 255, rtol=1e-5)


def test_negative_inverse_depth_is_unknown(tmp_path, image):
    image[:, 32:] = 0
    teacher = open_teacher(write_network(tmp_path / 'net.onnx', output('inverse depth', focal='live'), shift=-0.2))
    answer = teacher.inverse_depth(image, CAMERA)
    assert np.isnan(answer[:, 9:]).all() and (answer[:, :7] > 0).all()


@pytest.mark.parametrize(
    'channels, value', [('rgb', RED), ('bgr', BLUE), ('gray', 0.299 * RED + 0.587 * GREEN + 0.114 * BLUE)]
)
def test_channels_range_mean_and_std_are_as_the_contract_says(tmp_path, image, channels, value):
    count = 1 if channels == 'gray' else 3
    rule = {'channels': channels, 'range': 255, 'mean': [10.0] * count, 'std': [4.0] * count}
    path = write_network(tmp_path / 'net.onnx', {'input': valid_contract()['input'] | rule}, channels=count)
    expected = (value - 10) / 4
    np.testing.assert_allclose(open_teacher(path).inverse_depth(image, CAMERA), expected, atol=0.2)
    gray = np.full((48, 64), 120, np.uint8)
    np.testing.assert_allclose(open_teacher(path).inverse_depth(gray, CAMERA), (120 - 10) / 4, atol=1e-4)


def test_pixels_stay_in_place(tmp_path):
    ramp = np.tile(np.arange(64, dtype=np.uint8) * 4, (48, 1))
    teacher = open_teacher(write_network(tmp_path / 'net.onnx', scale=255.0))
    expected = cv2.resize(ramp, SIZE[::-1], interpolation=cv2.INTER_AREA)
    np.testing.assert_allclose(teacher.inverse_depth(ramp, CAMERA), expected, atol=1e-3)


@pytest.mark.parametrize(
    'contract, network, message',
    [
        ({'input': valid_contract()['input'] | {'name': 'x'}}, {}, "names the input 'x', but the network has image"),
        ({'output': {'name': 'y', 'kind': 'relative inverse depth'}}, {}, "the output 'y', but the network has depth"),
        ({}, {'channels': 1}, r"'image' has the shape \[1, 1, 12, 16\], but its contract says rgb"),
        (
            {'input': valid_contract()['input'] | {'size': [6, 8]}},
            {},
            r"'image' has the shape \[1, 3, 12, 16\], but its contract says rgb, which is \(1, 3, 6, 8\)",
        ),
    ],
)
def test_a_contract_of_another_network_is_refused(tmp_path, contract, network, message):
    with pytest.raises(OnnxError, match=message):
        open_teacher(write_network(tmp_path / 'net.onnx', contract, **network))


def test_a_network_that_does_not_run_or_does_not_output_one_map_is_named(tmp_path, image):
    small = {'input': valid_contract()['input'] | {'size': {'multiple': 2, 'short_side': 6}}}
    with pytest.raises(OnnxError, match=r'does not run with an input of \(1, 3, 6, 8\)'):
        open_teacher(write_network(tmp_path / 'small.onnx', small)).inverse_depth(image, CAMERA)
    with pytest.raises(OnnxError, match=r"'depth' has the shape \(1, 2, 12, 16\), but must be one map"):
        open_teacher(write_network(tmp_path / 'two.onnx', maps=2)).inverse_depth(image, CAMERA)


def test_files_that_are_missing_or_not_a_network_are_named(tmp_path):
    path = write_network(tmp_path / 'net.onnx')
    path.write_bytes(b'no network')
    with pytest.raises(OnnxError, match='net.onnx: cannot be read as an ONNX network'):
        open_teacher(path)
    path.unlink()
    with pytest.raises(OnnxError, match='net.onnx: no such file'):
        open_teacher(path)
    with pytest.raises(ValueError, match='nobody: no such file, and no shipped model'):
        open_teacher('nobody')
