# SPDX-License-Identifier: Apache-2.0
"""Pixels in the air between surfaces are removed, pixels on a surface stay."""

import math

import cv2
import numpy as np
import pytest

from optidepthnet_ros.geometry.flying_pixels import remove_flying_pixels

NETWORK, IMAGE = (128, 256), (480, 640)
SCALE = IMAGE[0] / NETWORK[0], IMAGE[1] / NETWORK[1]
REACH = tuple(4 * scale for scale in SCALE)
HORIZON = 50.3  # in rows of the network


def seen(*boxes, size=NETWORK):
    """Return inverse depth of ground up to the horizon, 0 above it, and boxes (rows, columns, inverse depth)."""
    rows = (np.arange(size[0]) + 0.5) * NETWORK[0] / size[0] - 0.5
    columns = (np.arange(size[1]) + 0.5) * NETWORK[1] / size[1] - 0.5
    inverse = np.maximum(0, (rows - HORIZON) / 300)[:, np.newaxis] * np.ones_like(columns)
    for (top, bottom), (left, right), value in boxes:
        inside = ((rows >= top) & (rows < bottom))[:, np.newaxis] & (columns >= left) & (columns < right)
        inverse = np.where(inside, value, inverse)
    return inverse.astype(np.float32)


def metres(inverse):
    with np.errstate(divide='ignore'):
        return 1 / inverse


def enlarged(inverse):
    """Return depth enlarged as in the estimator: bilinear, which makes flying pixels."""
    return metres(cv2.resize(inverse, IMAGE[::-1], interpolation=cv2.INTER_LINEAR))


@pytest.mark.parametrize('blur, farthest', [(1, math.inf), (3, math.inf), (3, 80.0)])
def test_the_ramp_around_a_box_is_removed_and_box_and_ground_stay(blur, farthest):
    """The network and the enlarging both blur; the box floats in the air, so that it has four edges."""
    box = (30, 80), (100, 150), 0.2
    depth = enlarged(cv2.blur(seen(box), (blur, blur)))
    inverse, on_ground, true = 1 / depth, seen(size=IMAGE), seen(box, size=IMAGE)
    # Beyond 50 m the blurred horizon is expected to differ from the ground.
    flies = (np.minimum(np.abs(inverse - 0.2), np.abs(inverse - on_ground)) > 0.15 * inverse) & (inverse > 0.02)
    right = np.abs(inverse - true) <= 0.02 * true
    removed = np.isnan(remove_flying_pixels(depth, 0.1, REACH, farthest))
    assert np.count_nonzero(flies) > 500
    assert np.count_nonzero(removed & flies) > 0.98 * np.count_nonzero(flies)
    assert np.count_nonzero(removed & right) < 0.001 * np.count_nonzero(right)


def test_nothing_flies_beyond_the_range():
    """A far forest before the sky, and a cloud that the network places beyond it."""
    sky = np.maximum(seen(((0, 40), (0, 60), 1 / 90), ((0, 30), (180, 200), 1 / 900)), 1 / 300)
    depth = enlarged(cv2.blur(sky, (3, 3)))
    assert np.isnan(remove_flying_pixels(depth.copy(), 0.1, REACH)).any()
    assert not np.isnan(remove_flying_pixels(depth, 0.1, REACH, 80.0)).any()


def test_ground_up_to_the_horizon_stays():
    """Two pixels below the horizon, depth changes by half from row to row."""
    depth = enlarged(seen())
    assert not np.isnan(remove_flying_pixels(depth, 0.1, REACH)).any()


@pytest.mark.parametrize('angle', np.radians([0, 20, 70, 89]))
def test_planes_of_any_slant_stay(angle):
    rows, columns = np.mgrid[:480, :640]
    # Through the image centre at 5 m, turned about the vertical and tilted, without the part behind the camera.
    inverse = (0.2 + 0.2 * np.tan(angle) * ((columns - 320) / 500 + 0.3 * (rows - 240) / 500)).astype(np.float32)
    depth = np.where(inverse > 0.001, 1 / inverse, np.inf).astype(np.float32)
    assert not np.isnan(remove_flying_pixels(depth, 0.02, REACH)).any()


def test_a_pole_thinner_than_the_reach_stays():
    pole = (20, 100), (120, 122), 0.3
    depth = enlarged(seen(pole))
    middle = depth[:, int(120.9 * SCALE[1])].copy()
    remove_flying_pixels(depth, 0.1, REACH)
    np.testing.assert_array_equal(depth[:, int(120.9 * SCALE[1])][90:360], middle[90:360])


def test_ground_meeting_a_wall_stays():
    wall = (0, 90), (0, 256), (90 - HORIZON) / 300  # as far away as the ground at its foot
    assert not np.isnan(remove_flying_pixels(enlarged(seen(wall)), 0.1, REACH)).any()


def test_unknown_and_infinite_depth_stay_unchanged():
    depth = np.full((48, 64), 2.0, np.float32)
    depth[:, :20], depth[:, 40:] = np.nan, np.inf
    before = depth.copy()
    np.testing.assert_array_equal(remove_flying_pixels(depth, 0.1, (3, 3)), before)


@pytest.mark.parametrize('shape', [(1, 1), (5, 300), (33, 101)])
def test_images_of_any_size_are_accepted(shape):
    depth = np.full(shape, 2.0, np.float32)
    np.testing.assert_array_equal(remove_flying_pixels(depth, 0.1, (7.5, 11.2)), np.full(shape, 2.0))
