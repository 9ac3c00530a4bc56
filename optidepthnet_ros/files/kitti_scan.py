# SPDX-License-Identifier: Apache-2.0
"""Sweeps of KITTI's laser scanner: reads them, and projects their points into an image."""

from pathlib import Path

import numpy as np

from optidepthnet_ros.geometry.projection import nearest_in_pixels


class ScanError(ValueError):
    """A sweep cannot be used; the message names the file."""


def read_points(path: Path) -> np.ndarray:
    """Read a sweep: (N, 3) float32 metres, x forward, y left, z up.

    :raises ScanError: unreadable, or not four numbers per point
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ScanError(f'{path}: cannot be read ({error.strerror})') from None
    if len(content) % 16:
        raise ScanError(f'{path}: has {len(content)} bytes, not 16 for each point: copy it again')
    return np.frombuffer(content, '<f4').reshape(-1, 4)[:, :3]


def project(points: np.ndarray, projection: np.ndarray, width: int, height: int) -> np.ndarray:
    """Project points in front of the scanner to a depth image; of several in one pixel, the nearest counts.

    :param points: (N, 3) metres, x forward
    :param projection: (3, 4), see :func:`~optidepthnet_ros.files.kitti_calibration.read_velodyne_projection`
    :return: (height, width) float32 metres, NaN where there is no point
    """
    points = points[points[:, 0] >= 0]
    u, v, z = projection[:, :3] @ points.T.astype(np.float64) + projection[:, 3:]
    ahead = z > 0
    u, v, z = u[ahead] / z[ahead], v[ahead] / z[ahead], z[ahead]
    # KITTI's development kit counts pixels from 1, and so do the published tables.
    columns, rows = np.round(u) - 1, np.round(v) - 1
    return nearest_in_pixels(columns, rows, z, (height, width))
