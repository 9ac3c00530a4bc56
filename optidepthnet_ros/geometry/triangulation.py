# SPDX-License-Identifier: Apache-2.0
"""Triangulates points from two images of one camera with known motion between them. numpy only."""

import numpy as np

from optidepthnet_ros.geometry.camera import Camera


def rays_of(pixels: np.ndarray, camera: Camera) -> np.ndarray:
    """Return the rays (N, 3) float64 of pixels (N, 2), x and y, with z = 1."""
    x = (pixels[:, 0].astype(np.float64) - camera.cx) / camera.fx
    y = (pixels[:, 1].astype(np.float64) - camera.cy) / camera.fy
    return np.stack([x, y, np.ones_like(x)], axis=1)


def pixels_of(points: np.ndarray, camera: Camera) -> np.ndarray:
    """Return the pixels (N, 2) float64, x and y, of points (N, 3) before the camera."""
    with np.errstate(divide='ignore', invalid='ignore'):
        x, y = points[:, 0] / points[:, 2], points[:, 1] / points[:, 2]
    return np.stack([camera.fx * x + camera.cx, camera.fy * y + camera.cy], axis=1)


def triangulate(
    first: np.ndarray, second: np.ndarray, camera: Camera, motion: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the points where the rays of both images come nearest to each other.

    :param first: (N, 2) pixels of the first image
    :param second: (N, 2), the same points in the second image
    :param motion: (4, 4), takes points of the camera at the first image to the camera at the second
    :return: points (N, 3) metres in the camera at the second image, NaN where the rays are parallel; the angle between
        the rays, (N,) radians; and the reprojection error in the second image, (N,) pixels
    """
    there, here = rays_of(first, camera) @ motion[:3, :3].T, rays_of(second, camera)
    offset = motion[:3, 3]
    # Least squares of |here z2 - there z1 - offset|.
    a, b, c = np.sum(here**2, axis=1), np.sum(here * there, axis=1), np.sum(there**2, axis=1)
    d, e = here @ offset, there @ offset
    with np.errstate(divide='ignore', invalid='ignore'):
        determinant = a * c - b * b
        z2, z1 = (c * d - b * e) / determinant, (b * d - a * e) / determinant
        points = there * z1[:, np.newaxis] + offset  # on the ray of the first image, seen from the second
        off = np.linalg.norm(pixels_of(points, camera) - second, axis=1)
        parallax = np.arctan2(np.sqrt(np.maximum(determinant, 0)), b)
    points[~((z1 > 0) & (z2 > 0) & (points[:, 2] > 0))] = np.nan
    return points, parallax, off
