# SPDX-License-Identifier: Apache-2.0
"""Resizes images for a network, and its maps for an image."""

import cv2
import numpy as np

_LARGE = 2.0  # areas are approximated from this factor on; at smaller factors it would change depth visibly


def resized(image: np.ndarray, height: int, width: int) -> np.ndarray:
    """Return an image of another size: averaged over areas if it becomes smaller, interpolated otherwise.

    OpenCV is slow if the side of an area is not a whole number of pixels. From a factor of 2 on, areas are approximated
    by 2x2 samples, from 2.5 on by 3x3, and so on, in a sixth of the time; depth changes by 0.1 to 0.2 % (median).

    :param image: uint8 (H, W, 3) or (H, W)
    """
    down, across = image.shape[0] / height, image.shape[1] / width
    if min(down, across) >= _LARGE:
        samples = round(across) * width, round(down) * height
        image = cv2.resize(image, samples, interpolation=cv2.INTER_LINEAR)
    shrinks = max(down, across) > 1
    return cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)


def enlarged(values: np.ndarray, seen: tuple[int, ...], shape: tuple[int, ...]) -> np.ndarray:
    """Return a network's map, interpolated to the size of an image.

    If a side of what the network saw is not a multiple of the stride s, the last pixels of the map reach beyond it.

    :param values: (ceil(h / s), ceil(w / s)) float32
    :param seen: (h, w), the size of what the network saw
    :param shape: (H, W), the size of the image that it saw
    """
    stride = round(seen[1] / values.shape[1])
    height, width = (round(full * stride * own / side) for full, own, side in zip(shape, values.shape, seen))
    return cv2.resize(values, (width, height), interpolation=cv2.INTER_LINEAR)[: shape[0], : shape[1]]
