# SPDX-License-Identifier: Apache-2.0
"""Intrinsics follow the operations on the image."""

import math

import cv2
import numpy as np
import pytest

from optidepthnet_ros.geometry.camera import CalibrationError, Camera, StereoRig

CAMERA = Camera(640, 480, 525.0, 520.0, 310.0, 245.0)
POINT = np.array([0.7, -0.4, 6.0])


def project(camera, point):
    x, y, z = point
    return camera.fx * x / z + camera.cx, camera.fy * y / z + camera.cy


def test_a_resized_camera_projects_where_the_resized_image_shows_it():
    """A white dot, drawn where the point projects, must be found where the resized camera projects it."""
    image = np.zeros((CAMERA.height, CAMERA.width), np.float32)
    u, v = project(CAMERA, POINT)
    grid_x, grid_y = np.meshgrid(np.arange(CAMERA.width), np.arange(CAMERA.height))
    image = np.exp(-((grid_x - u) ** 2 + (grid_y - v) ** 2) / (2 * 6**2)).astype(np.float32)
    resized = cv2.resize(image, (320, 160), interpolation=cv2.INTER_AREA)
    columns, rows = np.meshgrid(np.arange(320), np.arange(160))
    found = (np.sum(columns * resized) / resized.sum(), np.sum(rows * resized) / resized.sum())
    assert found == pytest.approx(project(CAMERA.resized(320, 160), POINT), abs=0.01)


def test_a_cropped_camera_projects_relative_to_the_window():
    u, v = project(CAMERA, POINT)
    cropped = CAMERA.cropped(100, 50, 200, 150)
    assert project(cropped, POINT) == pytest.approx((u - 100, v - 50))
    assert (cropped.width, cropped.height) == (200, 150)


def test_binning_follows_image_geometry():
    binned = CAMERA.binned(2, 4)
    assert binned == Camera(320, 120, 262.5, 130.0, 155.0, 61.25)


def test_resizing_keeps_the_field_of_view():
    resized = CAMERA.resized(333, 111)
    assert resized.horizontal_fov == pytest.approx(CAMERA.horizontal_fov)
    assert resized.vertical_fov == pytest.approx(CAMERA.vertical_fov)


def test_field_of_view_of_a_centred_camera():
    camera = Camera(200, 100, 100.0, 100.0, 99.5, 49.5)
    assert math.degrees(camera.horizontal_fov) == pytest.approx(90)
    assert camera.vertical_fov == pytest.approx(2 * math.atan(0.5))


@pytest.mark.parametrize(
    'name, value', [('width', 0), ('height', -1), ('fx', 0.0), ('fy', math.nan), ('fx', math.inf), ('cx', math.nan)]
)
def test_impossible_intrinsics_are_named(name, value):
    with pytest.raises(CalibrationError, match=f'{name} is {value}'):
        Camera(**{**vars(CAMERA), name: value})


@pytest.mark.parametrize('place, value', [(1, 40.0), (4, -40.0), (1, math.nan), (10, 2.0)])
def test_a_projection_that_is_not_rectified_is_refused(place, value):
    projection = [500.0, 0, 320, 0, 0, 500, 240, 0, 0, 0, 1, 0]
    projection[place] = value
    with pytest.raises(CalibrationError, match='P .*calibrate the camera'):
        Camera.from_projection(640, 480, projection)


def test_a_rig_from_projection_matrices():
    left = [500, 0, 320, 0, 0, 500, 240, 0, 0, 0, 1, 0]
    right = [500, 0, 320, -60, 0, 500, 240, 0, 0, 0, 1, 0]
    rig = StereoRig.from_projections(640, 480, left, right)
    assert rig.baseline == pytest.approx(0.12)
    assert rig.camera == Camera(640, 480, 500, 500, 320, 240)
    with pytest.raises(CalibrationError, match='baseline is -0.12 m.*swapped'):
        StereoRig.from_projections(640, 480, right, left)
    with pytest.raises(CalibrationError, match='has 9 numbers, but needs 12'):
        Camera.from_projection(640, 480, np.eye(3))
