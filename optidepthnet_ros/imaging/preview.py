# SPDX-License-Identifier: Apache-2.0
"""The colours of depth, in every picture that shows it."""

import cv2
import numpy as np

UNKNOWN, BEYOND_RANGE = (70, 70, 70), (204, 204, 204)  # dark and light gray

_WIDEST = 1000  # times the nearest colour's depth is the farthest's, at most: 0 m has no logarithm


def colour_depth(depth: np.ndarray, min_depth: float, max_depth: float) -> np.ndarray:
    """Colour by the logarithm of depth: near is red, far is blue, unknown dark gray, beyond range light gray.

    :param depth: (H, W) float32 metres; NaN is unknown, +Inf beyond range; -Inf shows as the nearest colour
    :param min_depth: metres of the nearest colour
    :param max_depth: metres of the farthest colour
    :return: (H, W, 3) uint8 BGR
    """
    known = ~np.isnan(depth)
    min_depth = max(min_depth, max_depth / _WIDEST)
    near = np.clip(np.where(known, depth, max_depth), min_depth, max_depth)
    share = np.log(near / np.float32(max_depth)) / np.log(np.float32(min_depth / max_depth))
    picture = cv2.applyColorMap((share * 255).astype(np.uint8), cv2.COLORMAP_TURBO)
    picture[~known] = UNKNOWN
    picture[np.isposinf(depth)] = BEYOND_RANGE
    return picture
