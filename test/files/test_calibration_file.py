# SPDX-License-Identifier: Apache-2.0
"""Calibration files as camera_calibration writes them, and as users break them."""

import pytest
import yaml

from optidepthnet_ros.files.calibration_file import read_camera, read_stereo_rig
from optidepthnet_ros.geometry.camera import CalibrationError, Camera


def write(path, width=640, height=480, tx=0.0, **changes):
    projection = {'rows': 3, 'cols': 4, 'data': [500.0, 0, 320, tx, 0, 510.0, 240, 0, 0, 0, 1, 0]}
    path.write_text(
        yaml.safe_dump({'image_width': width, 'image_height': height, 'projection_matrix': projection, **changes})
    )
    return path


def test_a_camera_is_read_from_its_projection_matrix(tmp_path):
    assert read_camera(write(tmp_path / 'left.yaml')) == Camera(640, 480, 500, 510, 320, 240)


def test_a_rig_has_its_baseline(tmp_path):
    rig = read_stereo_rig(write(tmp_path / 'left.yaml'), write(tmp_path / 'right.yaml', tx=-55.0))
    assert rig.baseline == pytest.approx(0.11)


def test_a_rig_with_two_image_sizes_is_refused(tmp_path):
    with pytest.raises(CalibrationError, match='right.yaml: the image size 320x480 is not the 640x480 of .*left.yaml'):
        read_stereo_rig(write(tmp_path / 'left.yaml'), write(tmp_path / 'right.yaml', width=320, tx=-55.0))


@pytest.mark.parametrize(
    'content, message',
    [
        (None, 'cannot be read'),
        ('image_width: 640', "KeyError: 'image_height'"),
        ('- a list', 'not a ROS camera calibration'),
        ('{unclosed', 'not a ROS camera calibration'),
        ('\x00\x01', 'not a ROS camera calibration'),
        ('[' * 5000, 'not a ROS camera calibration .ValueError: not YAML'),
        ('image_width: .inf\nimage_height: 1\nprojection_matrix: {data: [1]}', 'OverflowError'),
        ('image_width: 1\nimage_height: 1\nprojection_matrix: {data: [{a: 1}]}', 'not a ROS camera calibration'),
        ('image_width: 1\nimage_height: 1\nprojection_matrix: {data: [sixty]}', 'not a ROS camera calibration'),
    ],
)
def test_an_invalid_calibration_is_named(tmp_path, content, message):
    path = tmp_path / 'camera.yaml'
    if content is not None:
        path.write_text(content)
    with pytest.raises(CalibrationError, match=message) as caught:
        read_camera(path)
    assert str(path) in str(caught.value)


def test_an_uncalibrated_camera_is_refused(tmp_path):
    path = write(tmp_path / 'camera.yaml', projection_matrix={'data': [0.0] * 12})
    with pytest.raises(CalibrationError, match='fx is 0.0, but must be positive: calibrate the camera'):
        read_camera(path)
