# SPDX-License-Identifier: Apache-2.0
"""A world of boxes on flat ground, seen by a camera with any mounting."""

import numpy as np
import pytest

from optidepthnet_ros.geometry.camera import Camera
from optidepthnet_ros.obstacles.mounting import Mounting

CAMERA = Camera(160, 120, 110.0, 110.0, 79.5, 59.5)


@pytest.fixture
def camera():
    return CAMERA


@pytest.fixture
def look():
    """Return a function that returns the exact depth (H, W) of boxes ((x, x), (y, y), (z, z)) and the ground.

    x, y and z are metres ahead, to the left and above the ground, from the point below the camera. Depth is +Inf where
    there is nothing.
    """

    def depth(mounting: Mounting, *boxes, camera=CAMERA):
        columns, rows = np.meshgrid(*camera.rays())
        rays = np.stack([columns, rows, np.ones_like(rows)], -1).astype(np.float64) @ mounting.rotation.T
        ground = (-1e3, 1e3), (-1e3, 1e3), (-1, 0)
        return np.min([_distance(rays, mounting.height, box) for box in (ground, *boxes)], axis=0).astype(np.float32)

    return depth


def _distance(rays, height, box):
    """Return the distance to a box along rays, in units of their lengths."""
    low, high = np.array(box, float).T - (0, 0, height)
    with np.errstate(divide='ignore', invalid='ignore'):
        first, second = low / rays, high / rays
    enters = np.nanmax(np.minimum(first, second), axis=-1)
    leaves = np.nanmin(np.maximum(first, second), axis=-1)
    return np.where((enters < leaves) & (enters > 0), enters, np.inf)
