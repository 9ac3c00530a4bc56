# SPDX-License-Identifier: Apache-2.0
"""Flip post-processing: each border from one view, the middle from both, metres unchanged."""

import cv2
import numpy as np
import pytest

from optidepthnet_ros.geometry.camera import Camera
from optidepthnet_ros.imaging.flip_blend import blend
from optidepthnet_ros.inference import DepthEstimator
from optidepthnet_ros.inference.flip import estimate_with_flip

CAMERA = Camera(320, 160, 250.0, 250.0, 150.0, 79.5)


@pytest.fixture(scope='module')
def estimator(checkpoint_file):
    return DepthEstimator.from_file(checkpoint_file)


@pytest.fixture(scope='module')
def image():
    noise = np.random.default_rng(0).integers(0, 256, (20, 40, 3), np.uint8)
    return cv2.resize(noise, (CAMERA.width, CAMERA.height), interpolation=cv2.INTER_CUBIC)


def test_each_border_comes_from_one_view_and_the_middle_is_the_mean_of_both():
    """Mirrored view only at 0 and 5 %, a quarter of the plain view halfway along the ramp, the mean from 10 to 90 %."""
    position = np.array([0.0, 0.05, 0.075, 0.1, 0.5, 0.9, 0.925, 0.95, 1.0])
    share_of_plain = [0, 0, 0.25, 0.5, 0.5, 0.5, 0.75, 1, 1]
    np.testing.assert_allclose(blend(np.ones((2, 9)), np.zeros((2, 9)), position), [share_of_plain] * 2, atol=1e-12)
    np.testing.assert_allclose(
        blend(np.zeros((2, 9)), np.ones((2, 9)), position), 1 - np.array([share_of_plain] * 2), atol=1e-12
    )


def test_a_mirrored_image_gives_the_mirrored_depth(estimator, image):
    """The blend is symmetric, unlike a single estimate."""
    mirrored = np.ascontiguousarray(image[:, ::-1])
    depth = estimate_with_flip(estimator, image, CAMERA).depth
    np.testing.assert_allclose(estimate_with_flip(estimator, mirrored, CAMERA).depth[:, ::-1], depth, rtol=1e-5)
    assert not np.allclose(estimator.estimate(mirrored, CAMERA).depth[:, ::-1], depth, rtol=1e-3)


def test_the_right_border_is_the_plain_estimate(estimator, image):
    plain, flipped = estimator.estimate(image, CAMERA), estimate_with_flip(estimator, image, CAMERA)
    np.testing.assert_allclose(flipped.depth[:, -16:], plain.depth[:, -16:], rtol=1e-5)
    mean = (plain.disparity + estimator.estimate(image[:, ::-1].copy(), CAMERA).disparity[:, ::-1]) / 2
    np.testing.assert_allclose(flipped.disparity[:, 32:288], mean[:, 32:288], rtol=1e-5)


def test_depth_stays_unknown_outside_the_view(estimator, image):
    """The ramps are at the borders of the part that the network saw, not of the image."""
    wide = Camera(320, 160, 60.0, 60.0, 159.5, 79.5)
    plain, flipped = (
        estimate(image, wide).depth
        for estimate in (estimator.estimate, lambda image, camera: estimate_with_flip(estimator, image, camera))
    )
    known = np.isfinite(plain).any(axis=0)
    assert 210 < np.count_nonzero(known) < 230
    np.testing.assert_array_equal(np.isfinite(flipped), np.isfinite(plain))
    last = np.flatnonzero(known)[-1]
    np.testing.assert_allclose(flipped[:, last], plain[:, last], rtol=1e-5)
