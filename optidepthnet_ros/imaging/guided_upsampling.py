# SPDX-License-Identifier: Apache-2.0
"""Enlarges a network's map along the edges of the image that it was computed from.

A network answers at a lower resolution than the camera's, and blurs outlines. The fast guided filter (He, Sun and Tang,
ECCV 2010; He and Sun, arXiv:1505.00996, 2015) puts the edges of the map where the image has them: in every small window
the map is fitted by a linear function of the image, and that function is evaluated at the camera's resolution.
"""

import cv2
import numpy as np

RADIUS = 3  # pixels of the map: half the side of a window
_CONTRAST = 1e-3  # variance of the image in a window; weaker edges are taken for texture or noise


def guided_upsampling(values: np.ndarray, shown: np.ndarray, image: np.ndarray) -> np.ndarray:
    """Return a map at the size of the image; each value is one that the map has within twice the radius, or between.

    :param values: (h, w) float32, for example disparity; finite
    :param shown: (h, w) float32, one channel of the image at this size, 0 to 1
    :param image: (H, W) float32, the same channel at full size
    """
    slope, offset = _linear_functions(values, shown)
    size = image.shape[::-1]
    enlarged = cv2.resize(slope, size, interpolation=cv2.INTER_LINEAR)
    np.multiply(enlarged, image, out=enlarged)
    np.add(enlarged, cv2.resize(offset, size, interpolation=cv2.INTER_LINEAR), out=enlarged)
    # Where the image is much brighter than the window, the function goes beyond the values that it was fitted to.
    around = np.ones((4 * RADIUS + 1,) * 2, np.uint8)
    for extreme, bound in ((cv2.erode, np.maximum), (cv2.dilate, np.minimum)):
        bound(enlarged, cv2.resize(extreme(values, around), size, interpolation=cv2.INTER_LINEAR), out=enlarged)
    return enlarged


def _linear_functions(values: np.ndarray, shown: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return slope and offset of ``values`` as a function of ``shown`` around each pixel, both (h, w)."""
    mean, mean_shown = _mean(values), _mean(shown)
    slope = _mean(values * shown)
    slope -= mean * mean_shown
    slope /= _mean(shown * shown) - mean_shown * mean_shown + np.float32(_CONTRAST)
    return _mean(slope), _mean(mean - slope * mean_shown)


def _mean(values: np.ndarray) -> np.ndarray:
    """Return the mean over the window around each pixel."""
    return cv2.blur(values, (2 * RADIUS + 1,) * 2)
