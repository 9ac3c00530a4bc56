# SPDX-License-Identifier: Apache-2.0
"""Damaged copies of real images are distinguished from the images themselves."""

import cv2
import numpy as np
import pytest

from optidepthnet_ros.files.share import share_path
from optidepthnet_ros.imaging.input_check import look_at

RANDOM = np.random.default_rng(0)
FRAMES = sorted(share_path('demo', 'kitti_odometry').glob('*.jpg'))


def read(path):
    return cv2.imread(str(path))


def with_noise(values, deviation=3.0):
    return np.clip(values + RANDOM.normal(0, deviation, values.shape), 0, 255).astype(np.uint8)


def test_no_real_frame_has_a_problem():
    assert len(FRAMES) >= 20
    for path in FRAMES:
        image = read(path)
        assert look_at(image).problem == look_at(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)).problem == '', path


@pytest.mark.parametrize('level, problem', [(2, 'black'), (128, 'nothing to see'), (253, 'white')])
@pytest.mark.parametrize('shape', [(480, 640, 3), (48, 64), (1, 1), (2, 2000)])
def test_a_uniform_image_is_classified_by_its_brightness(level, problem, shape):
    assert look_at(np.full(shape, level, np.uint8)).problem == problem


def test_damaged_frames_are_detected():
    frame = read(FRAMES[0]).astype(np.float32)
    assert look_at(with_noise(0.02 * frame)).problem == 'black'
    assert look_at(with_noise(frame + 235)).problem in ('white', 'overexposed')
    finger = 20 + 0.3 * cv2.GaussianBlur(frame, (0, 0), 120)
    assert look_at(with_noise(finger)).problem == 'nothing to see'


@pytest.mark.parametrize('size', [(1241, 376), (320, 97)])
def test_focus_is_judged_at_one_size(size):
    """Blur by 5 pixels of 320 is detected, blur by 1 is not, whatever the size of the image."""
    frame = cv2.resize(read(FRAMES[0]), size, interpolation=cv2.INTER_AREA)
    pixel = size[0] / 320
    assert look_at(with_noise(cv2.GaussianBlur(frame, (0, 0), 5 * pixel), 1)).problem == 'out of focus'
    assert look_at(with_noise(cv2.GaussianBlur(frame, (0, 0), pixel), 1)).problem == ''
