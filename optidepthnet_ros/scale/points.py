# SPDX-License-Identifier: Apache-2.0
"""Evidence from points: a lidar, landmarks of SLAM or odometry, a radar."""

import cv2
import numpy as np

from optidepthnet_ros.geometry.camera import Camera
from optidepthnet_ros.scale.evidence import Evidence

_MOST = 5000  # points
_CELLS = 80  # in the width of the image: how far a near point hides those behind it
_HIDDEN = 1.25  # times as far as the nearest around it: behind it, which the camera may not see
_NEAREST = 0.05  # metres


def evidence_of_points(depth: np.ndarray, camera: Camera, points: np.ndarray, *, may_shift: bool = True) -> Evidence:
    """Compare predicted depth with points projected into the image.

    A sensor beside the camera sees past near things. So where a point is in the neighbourhood of a much nearer one, it
    counts as hidden. Of very many points, evenly spaced ones are taken.

    :param depth: (H, W) float32 metres, uncorrected, NaN unknown
    :param points: (N, 3) metres in the camera's optical frame: x right, y down, z forward
    :param may_shift: whether they lie all over the image; a shift found in one row misleads in the others
    """
    points = points[:: -(-len(points) // _MOST)] if len(points) > _MOST else points
    x, y, z = np.ascontiguousarray(points.T)
    ahead = z > _NEAREST
    with np.errstate(divide='ignore', invalid='ignore', over='ignore'):
        columns, rows = camera.fx / z * x + (camera.cx + 0.5), camera.fy / z * y + (camera.cy + 0.5)
        shown = ahead & (columns >= 0) & (columns < camera.width) & (rows >= 0) & (rows < camera.height)
    # Flat indices, because numpy is many times faster with them than with pairs.
    inside = np.flatnonzero(shown)
    columns, rows, measured = columns[inside].astype(np.intp), rows[inside].astype(np.intp), z[inside]
    seen = np.flatnonzero(~_hidden(columns, rows, measured, camera))
    pixels = (rows * camera.width + columns)[seen]
    return Evidence.of_depths(depth.ravel()[pixels], measured[seen], may_shift=may_shift, pixels=pixels)


def _hidden(columns: np.ndarray, rows: np.ndarray, depth: np.ndarray, camera: Camera) -> np.ndarray:
    """Return which points are much farther than the nearest one in their cell or in one beside it."""
    size = max(1, camera.width // _CELLS)
    height, width = camera.height // size + 1, camera.width // size + 1
    cells = rows // size * width + columns // size
    nearest = np.full(height * width, np.inf, np.float32)
    np.minimum.at(nearest, cells, depth.astype(np.float32))
    # The least of each cell and of those around it.
    around = cv2.erode(nearest.reshape(height, width), np.ones((3, 3), np.uint8)).ravel()
    hidden: np.ndarray = depth > _HIDDEN * around[cells]
    return hidden
