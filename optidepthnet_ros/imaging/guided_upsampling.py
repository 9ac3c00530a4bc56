# SPDX-License-Identifier: Apache-2.0
"""Enlarges a network's map along the edges of the image that it was computed from.

A network answers at a lower resolution than the camera's, and blurs outlines. The fast guided filter (He, Sun and Tang,
ECCV 2010; He and Sun, arXiv:1505.00996, 2015) puts the edges of the map where the image has them: in every small window
the map is fitted by a linear function of the image, and that function is evaluated at the camera's resolution.
"""

import cv2
import numpy as np

from optidepthnet_ros.imaging.resize import enlarged

REACH = 2  # pixels that the network sees: half the side of a window
_CONTRAST = 1e-3  # variance of the image in a window; weaker edges are taken for texture or noise


def guided_upsampling(values: np.ndarray, seen: np.ndarray, image: np.ndarray) -> np.ndarray:
    """Return a map at the size of the image; each value lies between values that the map has nearby.

    :param values: (ceil(h / s), ceil(w / s)) float32, for example disparity; finite; s is 1 or 2
    :param seen: (h, w) float32, one channel of the image as the network sees it, 0 to 1
    :param image: (H, W) float32, the same channel at full size
    """
    stride = round(seen.shape[1] / values.shape[1])
    radius = REACH // stride

    def at_image(part: np.ndarray) -> np.ndarray:
        return enlarged(part, seen.shape, image.shape)

    slope, offset = _linear_functions(values, _reduced(seen, values.shape, stride), radius)
    result: np.ndarray = image * at_image(slope)
    np.add(result, at_image(offset), out=result)
    # Where the image is much brighter than the window, the function goes beyond the values that it was fitted to.
    around = np.ones((4 * radius + 1,) * 2, np.uint8)
    np.maximum(result, at_image(cv2.erode(values, around)), out=result)
    np.minimum(result, at_image(cv2.dilate(values, around)), out=result)
    return result


def _reduced(seen: np.ndarray, shape: tuple[int, ...], stride: int) -> np.ndarray:
    """Return what the network sees at the resolution of its map."""
    if stride == 1:
        return seen
    down, across = (stride * short - side for short, side in zip(shape, seen.shape))
    whole = cv2.copyMakeBorder(seen, 0, down, 0, across, cv2.BORDER_REPLICATE)
    return cv2.resize(whole, shape[::-1], interpolation=cv2.INTER_AREA)


def _linear_functions(values: np.ndarray, shown: np.ndarray, radius: int) -> tuple[np.ndarray, np.ndarray]:
    """Return slope and offset of ``values`` as a function of ``shown`` around each pixel, both (h, w)."""

    def mean(array: np.ndarray) -> np.ndarray:
        return cv2.blur(array, (2 * radius + 1,) * 2)

    middle, level = mean(values), mean(shown)
    slope = mean(values * shown)
    slope -= middle * level
    slope /= mean(shown * shown) - level * level + np.float32(_CONTRAST)
    return mean(slope), mean(middle - slope * level)
