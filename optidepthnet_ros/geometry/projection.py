# SPDX-License-Identifier: Apache-2.0
"""Projects points into depth images."""

import numpy as np

from optidepthnet_ros.geometry.camera import Camera


def project_points(points: np.ndarray, camera: Camera) -> np.ndarray:
    """Project points into the image of a camera; if several fall into one pixel, the nearest counts.

    :param points: (N, 3) metres in the camera's optical frame: x right, y down, z forward
    :return: (height, width) float32 metres, NaN where there is no point
    """
    x, y, z = points[points[:, 2] > 0].T.astype(np.float64)
    columns, rows = np.round(camera.fx * x / z + camera.cx), np.round(camera.fy * y / z + camera.cy)
    return nearest_in_pixels(columns, rows, z, (camera.height, camera.width))


def nearest_in_pixels(columns: np.ndarray, rows: np.ndarray, depth: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Put depths into pixels, keeping the nearest of several; points outside the image are dropped.

    :param columns: (N,) whole numbers
    :param depth: (N,) metres
    :param size: height and width
    :return: (height, width) float32 metres, NaN where there is none
    """
    inside = (columns >= 0) & (columns < size[1]) & (rows >= 0) & (rows < size[0])
    image = np.full(size, np.inf, np.float32)
    np.minimum.at(image, (rows[inside].astype(int), columns[inside].astype(int)), depth[inside].astype(np.float32))
    image[np.isinf(image)] = np.nan
    return image
