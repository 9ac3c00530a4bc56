# SPDX-License-Identifier: Apache-2.0
"""The frames of the demonstration: the shipped sequence, and folders that are not a valid one."""

import shutil

import cv2
import numpy as np
import pytest

from optidepthnet_ros.files.image_file import ImageFileError
from optidepthnet_ros.files.image_sequence import read_sequence
from optidepthnet_ros.files.share import share_path
from optidepthnet_ros.geometry.camera import CalibrationError

SHIPPED = share_path('demo', 'kitti_odometry')


def test_shipped_sequence_is_complete_small_and_attributed():
    sequence = read_sequence(SHIPPED)
    assert [image.shape for image in sequence.images] == 20 * [(194, 640, 3)]
    assert sequence.camera.fx == pytest.approx(370.7235)
    assert sum(path.stat().st_size for path in SHIPPED.iterdir()) < 3_000_000
    assert 'CC BY-NC-SA 3.0' in (SHIPPED / 'ATTRIBUTION.md').read_text()


def test_frames_come_in_the_order_of_their_names(tmp_path):
    shutil.copy(SHIPPED / 'camera.yaml', tmp_path)
    for number in (2, 0, 1):
        cv2.imwrite(str(tmp_path / f'{number:03}.png'), np.full((194, 640, 3), number, np.uint8))
    assert [image[0, 0, 0] for image in read_sequence(tmp_path).images] == [0, 1, 2]


def test_image_of_another_size_is_named(tmp_path):
    shutil.copy(SHIPPED / 'camera.yaml', tmp_path)
    cv2.imwrite(str(tmp_path / 'small.png'), np.zeros((97, 320, 3), np.uint8))
    with pytest.raises(ImageFileError, match='small.png.*320x97.*640x194'):
        read_sequence(tmp_path)


def test_missing_calibration_is_named(tmp_path):
    shutil.copy(SHIPPED / '000000.jpg', tmp_path)
    with pytest.raises(CalibrationError, match='camera.yaml'):
        read_sequence(tmp_path)
