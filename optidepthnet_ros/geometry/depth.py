# SPDX-License-Identifier: Apache-2.0
"""From disparity to metres, and from metres to points. numpy only; this is the only place that defines units."""

import numpy as np

from optidepthnet_ros.geometry.camera import Camera


def depth_from_disparity(disparity: np.ndarray, unit: float, source: np.ndarray | None = None) -> np.ndarray:
    """Z = unit / disparity, in metres along the optical axis.

    :param disparity: (H, W), as fractions of the canonical width; overwritten if it is float32
    :param unit: metres, see :class:`~.canonical.CanonicalView`
    :param source: the smaller array that ``disparity`` was interpolated from; its extremes are checked instead, to
        save time
    :return: (H, W) float32; NaN where the disparity is not a positive number
    """
    with np.errstate(divide='ignore', invalid='ignore', over='ignore'):
        depth = disparity.astype(np.float32, copy=False)
        looked_at = depth if source is None else source
        farthest, nearest = (np.float32(unit) / extreme for extreme in (looked_at.min(), looked_at.max()))
        np.divide(np.float32(unit), depth, out=depth)
    # In every stereo tool, zero means no match: unknown, not infinitely far. Zeros are rare, and checking the extremes
    # (which are NaN if any value is) takes a third of the time of a mask.
    if not 0 < nearest <= farthest < np.inf:
        depth[~(np.isfinite(depth) & (depth > 0))] = np.nan
    return depth


def mark_out_of_range(depth: np.ndarray, min_depth: float, max_depth: float) -> np.ndarray:
    """Set depth that is too near to -Inf and depth that is too far to +Inf (REP-117), in place; NaN stays unknown.

    Far pixels are never clipped to ``max_depth``: a planner would take them for a wall.

    :param depth: (H, W) float32 metres
    :return: the same array
    """
    depth[depth < min_depth] = -np.inf
    depth[depth > max_depth] = np.inf
    return depth


def all_finite(depth: np.ndarray, unknown: float, min_depth: float, max_depth: float) -> np.ndarray:
    """Return a copy in which NaN is ``unknown`` metres, -Inf is ``min_depth`` and +Inf is ``max_depth``.

    For consumers that take values that are not finite, or 0, for free space. A map made from the copy contains
    obstacles that do not exist.

    :param depth: (H, W) float32 metres
    """
    return np.nan_to_num(depth, nan=unknown, neginf=min_depth, posinf=max_depth)


def points_from_depth(depth: np.ndarray, camera: Camera) -> np.ndarray:
    """Unproject to points in the optical frame (REP-103): x right, y down, z forward.

    :param depth: (H, W) float32 metres
    :return: (H, W, 3) float32; NaN in all three coordinates where depth is not finite
    :raises ValueError: see :func:`coordinates_from_depth`
    """
    return np.stack(coordinates_from_depth(depth, camera), axis=-1)


def coordinates_from_depth(depth: np.ndarray, camera: Camera) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the three coordinates of :func:`points_from_depth` as separate arrays, (H, W) float32 each.

    :raises ValueError: the camera has another image size
    """
    if depth.shape != (camera.height, camera.width):
        raise ValueError(
            f'depth is {depth.shape[1]}x{depth.shape[0]}, '
            f'but the camera {camera.width}x{camera.height}: resize the camera with Camera.resized'
        )
    columns, rows = camera.rays()
    # inf - inf is NaN; this is twice as fast as a mask.
    with np.errstate(invalid='ignore'):
        z = depth - depth
        z += depth
    return z * columns, z * rows[:, np.newaxis], z


def keep_heights(depth: np.ndarray, camera: Camera, min_height: float, max_height: float) -> np.ndarray:
    """Set to NaN (unknown), in place, depth whose height above the camera, along -y, is outside the limits.

    :param depth: (H, W) float32 metres
    :return: the same array
    """
    _, rows = camera.rays()
    with np.errstate(invalid='ignore'):  # infinity times 0, at the horizon
        down = depth * rows[:, np.newaxis]
    outside = down > np.float32(-min_height)
    outside |= down < np.float32(-max_height)
    np.copyto(depth, np.nan, where=outside)
    return depth
