# SPDX-License-Identifier: Apache-2.0
"""Rectification undoes what a lens does, checked against OpenCV's inverse, pixel by pixel."""

import cv2
import numpy as np
import pytest

from optidepthnet_ros.geometry.camera import CalibrationError, Camera
from optidepthnet_ros.geometry.rectification import Lens, Rectifier

CAMERA = Camera(320, 192, 250.0, 250.0, 160.0, 96.0)
IDENTITY = np.eye(3)
DISTORTIONS = {
    'plumb_bob': [-0.25, 0.06, 0.002, -0.001, 0.0],
    'rational_polynomial': [0.3, 0.05, 0.001, -0.001, 0.01, 0.5, 0.1, 0.02],
    'equidistant': [-0.02, 0.01, -0.003, 0.0005],
}


@pytest.mark.parametrize('model', DISTORTIONS)
def test_a_point_seen_by_the_lens_lands_where_the_rectified_camera_sees_it(model):
    rotation = cv2.Rodrigues(np.array([0.02, -0.01, 0.015]))[0]
    lens = Lens(Camera(320, 192, 240.0, 245.0, 155.0, 99.0), model, np.array(DISTORTIONS[model]), rotation)
    matrix = np.array([[240.0, 0, 155.0], [0, 245.0, 99.0], [0, 0, 1]])
    # A direction in the rectified frame, and where the lens shows it.
    direction = np.array([0.2, -0.15, 1.0])
    project = cv2.fisheye.projectPoints if model == 'equidistant' else cv2.projectPoints
    seen = project((rotation.T @ direction).reshape(1, 1, 3), np.zeros(3), np.zeros(3), matrix, lens.distortion)[0]
    column, row = seen.ravel()
    rows, columns = np.mgrid[:192, :320]
    spot = np.exp(-((columns - column) ** 2 + (rows - row) ** 2) / 18) * 255
    rectified = Rectifier(lens, CAMERA)(spot.astype(np.uint8)).astype(float)
    found = (rectified * columns).sum() / rectified.sum(), (rectified * rows).sum() / rectified.sum()
    assert found == pytest.approx((160 + 250 * 0.2, 96 - 250 * 0.15), abs=0.15)


def test_a_lens_that_needs_no_rectification_is_recognised():
    assert Lens(CAMERA, '', np.zeros(0), IDENTITY).is_rectified(CAMERA)
    assert Lens(CAMERA, 'plumb_bob', np.zeros(5), IDENTITY).is_rectified(CAMERA)
    assert not Lens(CAMERA, 'plumb_bob', np.array([-0.1, 0, 0, 0, 0]), IDENTITY).is_rectified(CAMERA)
    assert not Lens(CAMERA, '', np.zeros(0), cv2.Rodrigues(np.array([0, 0.001, 0]))[0]).is_rectified(CAMERA)
    assert not Lens(CAMERA.cropped(1, 0, 320, 192), '', np.zeros(0), IDENTITY).is_rectified(CAMERA)


def test_a_lens_that_shows_almost_nothing_of_the_image_is_refused():
    """Otherwise all depth would be unknown, or training would use black images, without any explanation."""
    with pytest.raises(CalibrationError, match='the lens shows nothing in 100% of the rectified image: calibrate the'):
        Rectifier(Lens(CAMERA, 'plumb_bob', np.array([1e10] * 5), IDENTITY), CAMERA)


@pytest.mark.parametrize(
    'model, distortion, rotation, message',
    [
        ('fov', [0.9], IDENTITY, "distortion model 'fov' is not known"),
        ('', [0.1, 0, 0, 0, 0], IDENTITY, "distortion model '' is not known"),
        (
            'equidistant',
            [0.1, 0, 0, 0, 0],
            IDENTITY,
            r'5 distortion coefficients of equidistant: .*equidistant \(4, fisheye',
        ),
        ('plumb_bob', [0.1, 0, 0, 0, 0], np.zeros((3, 3)), 'R is not a rotation'),
        ('plumb_bob', [0.1, 0, 0, 0, 0], np.diag([1.0, 1, -1]), 'R is not a rotation'),
        ('plumb_bob', [0.1, 0, 0, 0, 0], np.diag([-1.0, 1, -1]), 'R turns the camera by more than 60 degrees'),
    ],
)
def test_calibrations_that_cannot_be_applied_are_named(model, distortion, rotation, message):
    with pytest.raises(CalibrationError, match=message):
        Lens(CAMERA, model, np.array(distortion), rotation)
