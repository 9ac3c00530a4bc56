# SPDX-License-Identifier: Apache-2.0
"""Evidence from points: a lidar, landmarks of SLAM or odometry, a radar."""

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
    with np.errstate(divide='ignore', invalid='ignore', over='ignore'):
        columns = np.rint(camera.fx * points[:, 0] / points[:, 2] + camera.cx)
        rows = np.rint(camera.fy * points[:, 1] / points[:, 2] + camera.cy)
        inside = (
            (points[:, 2] > _NEAREST) & (columns >= 0) & (columns < camera.width) & (rows >= 0) & (rows < camera.height)
        )
    columns, rows = columns[inside].astype(np.intp), rows[inside].astype(np.intp)
    measured = points[inside, 2].astype(np.float64)
    seen = ~_hidden(columns, rows, measured, camera)
    return Evidence.of_depths(depth[rows[seen], columns[seen]], measured[seen], may_shift=may_shift)


def _hidden(columns: np.ndarray, rows: np.ndarray, depth: np.ndarray, camera: Camera) -> np.ndarray:
    """Return which points are much farther than the nearest one in their cell or in one beside it."""
    size = max(1, camera.width // _CELLS)
    rows, columns = rows // size + 1, columns // size + 1
    nearest = np.full((camera.height // size + 3, camera.width // size + 3), np.inf)
    np.minimum.at(nearest, (rows, columns), depth)
    for axis in (0, 1):
        nearest = np.minimum(nearest, np.minimum(np.roll(nearest, 1, axis), np.roll(nearest, -1, axis)))
    hidden: np.ndarray = depth > _HIDDEN * nearest[rows, columns]
    return hidden
