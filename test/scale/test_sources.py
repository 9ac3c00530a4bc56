# SPDX-License-Identifier: Apache-2.0
"""Evidence from each sensor, for scenes with known true depth and a prediction that is wrong by a known factor."""

import math

import numpy as np
import pytest

from optidepthnet_ros.geometry.camera import Camera
from optidepthnet_ros.geometry.depth import points_from_depth
from optidepthnet_ros.scale.fit import UnsupportedFitError, fit_correction
from optidepthnet_ros.scale.ground import evidence_of_ground
from optidepthnet_ros.scale.points import evidence_of_points
from optidepthnet_ros.scale.range_cone import evidence_of_range
from optidepthnet_ros.scale.scan import points_of_scan

CAMERA = Camera(320, 240, 260.0, 260.0, 159.5, 119.5)
DOWN = np.array([0.0, 1.0, 0.0])
FORWARD = np.array([[0.0, -1, 0, 0], [0, 0, -1, 0], [1, 0, 0, 0], [0, 0, 0, 1]])  # x forward, z up, to optical
FACTOR = 1.4  # predicted depth divided by true depth


def road(height=1.2, wall=12.0, pitch=0.0):
    """Return the depth of level ground and a wall for a camera that looks down by ``pitch`` radians."""
    columns, rows = CAMERA.rays()
    y = np.repeat(rows[:, np.newaxis], len(columns), axis=1)
    downwards = y * math.cos(pitch) + math.sin(pitch)
    forwards = math.cos(pitch) - y * math.sin(pitch)
    with np.errstate(divide='ignore'):
        ground = np.where(downwards > 0, height / downwards, np.inf)
    return np.minimum(ground, wall / forwards).astype(np.float32)


def scale(evidence):
    return fit_correction(evidence).correction.scale


def test_points_give_the_factor():
    truth = road()
    points = points_from_depth(truth, CAMERA).reshape(-1, 3)[::37]
    assert scale(evidence_of_points(FACTOR * truth, CAMERA, points)) == pytest.approx(FACTOR, rel=1e-3)


def test_points_behind_the_camera_outside_the_image_or_without_prediction_are_ignored():
    truth = road()
    points = np.array([[0, 0, -5], [50, 0, 5], [0, 0, 0], [0, 0.0, 12.0]], np.float32)
    assert len(evidence_of_points(truth, CAMERA, points)) == 1
    assert len(evidence_of_points(np.full_like(truth, np.nan), CAMERA, points)) == 0
    assert len(evidence_of_points(truth, CAMERA, np.empty((0, 3), np.float32))) == 0


def test_points_that_a_near_object_hides_from_the_camera_are_ignored():
    """The lidar above the camera sees the wall over the box; the camera sees the box."""
    depth = np.full((240, 320), 12.0, np.float32)
    depth[100:180, 100:200] = 2.0
    box = points_from_depth(depth, CAMERA)[102:178:6, 102:198:6].reshape(-1, 3)
    wall = points_from_depth(np.full_like(depth, 12.0), CAMERA)[102:178:5, 102:198:5].reshape(-1, 3)
    free = points_from_depth(depth, CAMERA)[:80:10, ::10].reshape(-1, 3)
    evidence = evidence_of_points(depth, CAMERA, np.concatenate([box, wall, free]))
    np.testing.assert_allclose(evidence.measured, evidence.predicted, rtol=1e-6)
    assert len(evidence) == len(box) + len(free)


def test_a_scan_row_gives_the_factor():
    """A scanner at the camera's position, a wall 12 m ahead."""
    angles = np.linspace(-1, 1, 201)
    ranges = 12.0 / np.cos(angles)
    ranges[:30], ranges[30:60] = np.inf, np.nan
    points = points_of_scan(ranges, -1.0, 0.01, 0.1, 30.0)
    np.testing.assert_allclose(points[:, 0], 12.0, rtol=1e-9)
    assert points.shape == (141, 3) and np.all(points[:, 2] == 0)
    optical = points @ FORWARD[:3, :3].T
    assert scale(evidence_of_points(FACTOR * road(), CAMERA, optical)) == pytest.approx(FACTOR, rel=1e-3)


def test_ranges_outside_the_limits_give_no_points():
    assert len(points_of_scan(np.array([0.05, 1.0, 31.0, 0.0, -1.0]), 0, 0.1, 0.1, 30.0)) == 1


def test_a_range_is_compared_with_the_nearest_surface_in_its_cone():
    truth = road(wall=12.0)
    truth[100:140, 140:180] = 3.0  # a box on the axis that fills part of the cone
    evidence = evidence_of_range(FACTOR * truth, CAMERA, 3.0, math.radians(25), FORWARD)
    assert scale(evidence) == pytest.approx(FACTOR, rel=0.02)


def test_the_range_of_a_sensor_beside_the_camera_is_transformed():
    beside = FORWARD.copy()
    beside[:3, 3] = 0.3, 0.1, -0.4  # behind the camera
    evidence = evidence_of_range(FACTOR * road(height=5.0), CAMERA, 12.4, math.radians(10), beside)
    assert scale(evidence) == pytest.approx(FACTOR, rel=0.02)


def test_a_cone_outside_the_image_gives_no_evidence():
    sideways = FORWARD @ np.array([[0.0, -1, 0, 0], [1, 0, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]])
    assert len(evidence_of_range(road(), CAMERA, 3.0, 0.4, sideways)) == 0


@pytest.mark.parametrize('pitch', [0.0, 0.15])
def test_the_ground_gives_the_factor(pitch):
    down = np.array([0.0, math.cos(pitch), math.sin(pitch)])
    assert scale(evidence_of_ground(FACTOR * road(pitch=pitch), CAMERA, down, 1.2)) == pytest.approx(FACTOR, rel=0.01)


def test_the_ground_is_found_despite_noise_an_object_on_it_and_a_pitching_robot():
    rng = np.random.default_rng(0)
    truth = road(pitch=0.03)
    truth[150:240, 60:120] = 2.0
    noisy = FACTOR * truth * np.exp(0.03 * rng.standard_normal(truth.shape)).astype(np.float32)
    assert scale(evidence_of_ground(noisy, CAMERA, DOWN, 1.2)) == pytest.approx(FACTOR, rel=0.05)


def test_depth_without_ground_is_refused():
    rng = np.random.default_rng(0)
    crowd = rng.uniform(1, 6, (240, 320)).astype(np.float32)
    with pytest.raises(UnsupportedFitError, match='no ground'):
        evidence_of_ground(crowd, CAMERA, DOWN, 1.2)
    with pytest.raises(UnsupportedFitError, match='no ground'):
        evidence_of_ground(np.full((240, 320), 2.0, np.float32), CAMERA, DOWN, 1.2)
    with pytest.raises(UnsupportedFitError, match='0 pixels'):
        evidence_of_ground(np.full((240, 320), np.nan, np.float32), CAMERA, DOWN, 1.2)
