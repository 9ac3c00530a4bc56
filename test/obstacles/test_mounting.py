# SPDX-License-Identifier: Apache-2.0
"""Pitch and roll as REP-103 defines them, and the same from the direction of gravity."""

import math

import numpy as np
import pytest

from optidepthnet_ros.obstacles.mounting import Mounting


def test_the_axes_of_a_level_camera():
    x, y, z = np.eye(3)
    rotation = Mounting().rotation
    np.testing.assert_allclose(rotation @ z, x, atol=1e-12)  # it looks ahead
    np.testing.assert_allclose(rotation @ x, -y, atol=1e-12)  # right
    np.testing.assert_allclose(rotation @ y, -z, atol=1e-12)  # down


def test_positive_pitch_looks_down_and_positive_roll_lowers_the_right_side():
    ahead = Mounting(pitch=0.3).rotation @ [0, 0, 1]
    np.testing.assert_allclose(ahead, [math.cos(0.3), 0, -math.sin(0.3)], atol=1e-12)
    right = Mounting(roll=0.2).rotation @ [1, 0, 0]
    np.testing.assert_allclose(right, [0, -math.cos(0.2), -math.sin(0.2)], atol=1e-12)


@pytest.mark.parametrize('pitch, roll', [(0, 0), (0.4, 0), (0, -0.3), (-0.5, 0.2), (1.2, 3.0)])
def test_gravity_gives_the_same_mounting(pitch, roll):
    mounting = Mounting(pitch, roll, 1.5)
    up = mounting.rotation.T @ [0, 0, 1]
    again = Mounting.from_up(9.81 * up, 1.5)
    np.testing.assert_allclose(again.rotation, mounting.rotation, atol=1e-9)
    assert again.height == 1.5


def test_a_camera_without_a_forward_direction_height_or_attitude_is_refused():
    with pytest.raises(ValueError, match='pitch of the camera is 90 degrees'):
        Mounting(math.pi / 2)
    with pytest.raises(ValueError, match='height of the camera is nan'):
        Mounting(height=math.nan)
    with pytest.raises(ValueError, match='direction up'):
        Mounting.from_up(np.zeros(3))


@pytest.mark.parametrize('pitch, roll, height', [(0.2, 0.0, 0.5), (-0.1, 0.05, 1.65), (0.35, -0.09, 0.44)])
def test_a_frame_on_the_ground_gives_the_mounting(pitch, roll, height):
    mounting = Mounting(pitch, roll, height)
    base = np.eye(4)
    base[:3, :3] = mounting.rotation.T
    base[:3, 3] = base[:3, :3] @ (-0.3, 0.1, -height)  # behind and beside the camera
    found = Mounting.above(base)
    assert (found.pitch, found.roll, found.height) == pytest.approx((pitch, roll, height), abs=0.003)
    base[:3, 3] *= -1
    with pytest.raises(ValueError, match='must be above'):
        Mounting.above(base)
