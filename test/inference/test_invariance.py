# SPDX-License-Identifier: Apache-2.0
"""The same scene has the same depth through a different camera: real frames, the shipped road model.

Tolerances are on the median and the 90th percentile of |log depth ratio| over the common part. The remaining difference
comes from how the network treats its borders: a cropped image shows less context.
"""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from optidepthnet_ros.checkpoints.models import default_checkpoint
from optidepthnet_ros.files.calibration_file import read_camera
from optidepthnet_ros.files.share import share_path
from optidepthnet_ros.geometry.camera import Camera
from optidepthnet_ros.inference import DepthEstimator

FRAMES = share_path('demo', 'kitti_odometry')


@pytest.fixture(scope='module')
def estimator():
    return DepthEstimator.from_file(default_checkpoint(), threads=1)


@pytest.fixture(scope='module')
def frame(estimator):
    """Return an image, its camera and its depth."""
    image = cv2.imread(str(sorted(FRAMES.glob('*.jpg'))[7]))
    camera = read_camera(FRAMES / 'camera.yaml')
    return image, camera, estimator.estimate(image, camera).depth


def disagreement(depth, other):
    error = np.abs(np.log(other / depth))
    return np.median(error), np.percentile(error, 90)


@pytest.mark.parametrize('factor, median, most', [(0.5, 0.03, 0.12), (2.0, 0.01, 0.05)])
def test_another_resolution_gives_the_same_depth(estimator, frame, factor, median, most):
    image, camera, depth = frame
    size = (round(camera.width * factor), round(camera.height * factor))
    resized = cv2.resize(image, size, interpolation=cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC)
    other = estimator.estimate(resized, camera.resized(*size)).depth
    found = disagreement(depth, cv2.resize(other, (camera.width, camera.height), interpolation=cv2.INTER_LINEAR))
    assert found[0] < median and found[1] < most


def test_non_square_pixels_give_the_same_depth(estimator, frame):
    image, camera, depth = frame
    size = (camera.width * 3 // 4, camera.height)
    squeezed = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    other = estimator.estimate(squeezed, camera.resized(*size)).depth
    found = disagreement(depth, cv2.resize(other, (camera.width, camera.height), interpolation=cv2.INTER_LINEAR))
    assert found[0] < 0.01 and found[1] < 0.05


@pytest.mark.parametrize(
    'name, columns, rows',
    [
        ('4:3', (0.32, 0.68), (0.0, 1.0)),
        ('16:9', (0.24, 0.76), (0.0, 1.0)),
        ('0.7 of it', (0.15, 0.85), (0.15, 0.85)),
        ('principal point off centre', (0.3, 1.0), (0.0, 1.0)),
    ],
)
def test_a_cropped_image_gives_the_same_depth(estimator, frame, name, columns, rows):
    image, camera, depth = frame
    left, right = (round(share * camera.width) for share in columns)
    top, bottom = (round(share * camera.height) for share in rows)
    cut = np.ascontiguousarray(image[top:bottom, left:right])
    other = estimator.estimate(cut, camera.cropped(left, top, right - left, bottom - top)).depth
    found = disagreement(depth[top:bottom, left:right], other)
    assert found[0] < 0.10 and found[1] < 0.40, name


def test_moving_the_principal_point_alone_does_not_change_depth(estimator, frame):
    image, camera, depth = frame
    moved = replace(camera, cx=camera.cx + 40, cy=camera.cy - 20)
    np.testing.assert_array_equal(estimator.estimate(image, moved).depth, depth)


def test_a_640x480_camera_has_depth_in_every_row(estimator):
    image = np.random.default_rng(0).integers(0, 256, (480, 640, 3), np.uint8)
    assert np.isfinite(estimator.estimate(image, Camera(640, 480, 525.0, 525.0, 319.5, 239.5)).depth).all()
