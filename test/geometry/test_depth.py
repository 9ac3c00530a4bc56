# SPDX-License-Identifier: Apache-2.0
"""Depth in metres is correct, and unknown depth is never a number."""

import cv2
import numpy as np
import pytest

from optidepthnet_ros.geometry.camera import Camera
from optidepthnet_ros.geometry.depth import depth_from_disparity, mark_out_of_range, points_from_depth

CAMERA = Camera(64, 48, 60.0, 55.0, 30.0, 25.0)


def test_depth_of_a_known_disparity():
    disparity = np.full((48, 64), 0.1, np.float32)
    assert depth_from_disparity(disparity, 0.5) == pytest.approx(0.5 / 0.1)


@pytest.mark.parametrize('disparity', [0, -0.1, np.nan, np.inf, -np.inf])
def test_without_disparity_depth_is_unknown(disparity):
    assert np.isnan(depth_from_disparity(np.full((1, 1), disparity, np.float32), 0.5)).all()


def test_depth_out_of_range_is_marked_as_in_rep_117():
    depth = np.array([[0.1, 0.5, 10, 80, 81, np.nan]], np.float32)
    expected = np.array([[-np.inf, 0.5, 10, 80, np.inf, np.nan]], np.float32)
    np.testing.assert_array_equal(mark_out_of_range(depth, 0.5, 80), expected)


def test_points_of_a_slanted_plane_lie_on_it():
    normal, offset = np.array([0.2, -0.6, 0.7]), 3.0
    columns, rows = CAMERA.rays()
    rays = np.stack(np.broadcast_arrays(columns, rows[:, np.newaxis], 1.0), axis=-1)
    depth = (offset / (rays @ normal)).astype(np.float32)
    assert points_from_depth(depth, CAMERA) @ normal == pytest.approx(np.full(depth.shape, offset), abs=1e-4)


def test_points_agree_with_opencv():
    random = np.random.default_rng(0)
    disparity = random.uniform(1, 10, (48, 64)).astype(np.float32)
    baseline = 0.3
    q = np.array([[1, 0, 0, -CAMERA.cx], [0, 1, 0, -CAMERA.cy], [0, 0, 0, CAMERA.fx], [0, 0, 1 / baseline, 0]])
    camera = Camera(64, 48, 60.0, 60.0, CAMERA.cx, CAMERA.cy)
    points = points_from_depth(depth_from_disparity(disparity / 64, baseline * camera.fx / 64), camera)
    np.testing.assert_allclose(points, cv2.reprojectImageTo3D(disparity, q), rtol=1e-5, atol=1e-5)


def test_points_without_depth_are_nan_in_every_coordinate():
    depth = np.full((48, 64), 2.0, np.float32)
    depth[0, :3] = np.nan, np.inf, -np.inf
    points = points_from_depth(depth, CAMERA)
    assert np.isnan(points[0, :3]).all() and np.isfinite(points[0, 3:]).all()


def test_depth_and_camera_of_different_sizes_are_refused():
    with pytest.raises(ValueError, match='depth is 64x48, but the camera 32x24'):
        points_from_depth(np.ones((48, 64), np.float32), CAMERA.resized(32, 24))
