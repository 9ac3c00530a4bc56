# SPDX-License-Identifier: Apache-2.0
"""Sectors are counted anticlockwise and centred on their angles."""

import math

import numpy as np

from optidepthnet_ros.geometry.camera import Camera
from optidepthnet_ros.obstacles.sectors import Sectors


def test_a_circle_begins_straight_ahead():
    sectors = Sectors.around(72)
    degrees = np.array([0, 2.4, -2.4, 2.6, 90, 180, -90, 357.4, 357.6])
    assert sectors.index(np.radians(degrees)).tolist() == [0, 0, 0, 1, 18, 36, 54, 71, 0]
    np.testing.assert_allclose(np.degrees(sectors.angles()[[1, 71]]), [5, 355])


def test_a_camera_that_looks_to_the_left_sees_the_sectors_on_the_left():
    """Objects ahead of this camera are in the vehicle's sector at 90 degrees."""
    assert Sectors.around(72, camera_yaw=math.pi / 2).index(np.radians([0.0, -90, 10])).tolist() == [18, 0, 20]


def test_the_sectors_of_a_camera_cover_its_view_and_no_more():
    camera = Camera(640, 480, 320.0, 320.0, 319.5, 239.5)  # 90 degrees wide
    sectors = Sectors.of_camera(camera, math.radians(2))
    assert sectors.number == 45 and sectors.angles()[22] == 0
    edges = np.radians([-44.9, 44.9, -46, 46])
    assert sectors.index(edges).tolist() == [0, 44, -1, -1]
    off_centre = Sectors.of_camera(Camera(640, 480, 320.0, 320.0, -0.5, 239.5), math.radians(2))
    assert off_centre.index(np.array([0.0, math.atan(-2), 0.1])).tolist() == [off_centre.number - 1, 0, -1]
