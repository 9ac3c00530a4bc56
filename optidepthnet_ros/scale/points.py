# SPDX-License-Identifier: Apache-2.0
"""Evidence from points: a lidar, landmarks of SLAM or odometry, a radar."""

import numpy as np

from optidepthnet_ros.geometry.camera import Camera
from optidepthnet_ros.scale.evidence import Evidence

_MOST = 5000  # points
_CELLS = 80  # across the width of the image; a near point hides those behind it in its cell and the neighbouring ones
_HIDDEN = 1.25  # times the distance of the nearest point around it: beyond, a point is behind it, perhaps out of sight
_NEAREST = 0.05  # metres


def evidence_of_points(
    depth: np.ndarray,
    camera: Camera,
    points: np.ndarray,
    to_camera: np.ndarray | None = None,
    *,
    may_shift: bool = True,
) -> Evidence:
    """Compare predicted depth with points projected into the image.

    A sensor beside the camera sees past near objects. So a point in the neighbourhood of a much nearer one counts as
    hidden. If there are very many points, evenly spaced ones are used.

    :param depth: (H, W) float32 metres, uncorrected, NaN unknown
    :param points: (N, 3) metres
    :param to_camera: (4, 4), takes the points to the camera's optical frame: x right, y down, z forward; None: they are
        in this frame
    :param may_shift: whether the points are spread over the whole image; a shift found in one row misleads in others
    """
    points = points[:: -(-len(points) // _MOST)] if len(points) > _MOST else points
    projected = _projected(points, camera, to_camera)
    z = projected[2]
    with np.errstate(divide='ignore', invalid='ignore', over='ignore'):
        places = projected[:2] / z
    inside = (places >= 0) & (places < np.array([[camera.width], [camera.height]], places.dtype))
    # Flat indices, because numpy is many times faster with them than with pairs.
    (shown,) = (inside[0] & inside[1] & (z > _NEAREST)).nonzero()
    columns, rows = places.take(shown, axis=1).astype(np.int32)
    measured = z[shown]
    measured[_hidden(columns, rows, measured, camera)] = np.nan
    pixels = rows * camera.width + columns
    return Evidence.of_depths(depth.take(pixels), measured, may_shift=may_shift, pixels=pixels)


def _projected(points: np.ndarray, camera: Camera, to_camera: np.ndarray | None) -> np.ndarray:
    """Return column times depth, row times depth (from the edges of the image) and depth of each point, (3, N)."""
    matrix = np.array([[camera.fx, 0, camera.cx + 0.5], [0, camera.fy, camera.cy + 0.5], [0, 0, 1]])
    if to_camera is None:
        return matrix.astype(points.dtype) @ points.T
    matrix = (matrix @ to_camera[:3]).astype(points.dtype)
    projected = matrix[:, :3] @ points.T
    projected += matrix[:, 3:]
    return projected


def _hidden(columns: np.ndarray, rows: np.ndarray, depth: np.ndarray, camera: Camera) -> np.ndarray:
    """Return which points are much farther than the nearest one in their cell or a neighbouring one."""
    size = max(1, camera.width // _CELLS)
    # With a spare column and two spare rows, so that the last cells have empty neighbours.
    height, width = camera.height // size + 3, camera.width // size + 2
    cells = rows // size * width + columns // size
    nearest = np.empty(height * width + 1, np.float32)
    nearest.fill(np.inf)
    np.minimum.at(nearest[width + 1 :], cells, depth.astype(np.float32, copy=False))
    # The minimum of each cell and its neighbours: over three columns, then over three rows.
    beside = np.minimum(nearest[:-2], nearest[2:])
    np.minimum(beside, nearest[1:-1], out=beside)
    around = np.minimum(beside[: -2 * width], beside[2 * width :])
    np.minimum(around, beside[width:-width], out=around)
    around *= _HIDDEN
    hidden: np.ndarray = depth > around[cells]
    return hidden
