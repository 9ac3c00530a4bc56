# SPDX-License-Identifier: Apache-2.0
"""The colours of depth in all pictures."""

import cv2
import numpy as np

UNKNOWN, BEYOND_RANGE = (70, 70, 70), (204, 204, 204)  # dark and light gray
AGREES, DOUBTFUL, DISAGREES = (80, 220, 0), (0, 220, 255), (60, 0, 230)  # green, yellow, red
_CLOSE, _FAR = 0.1, 0.3  # largest errors of a point that agrees, and of a doubtful one
_MARKS = 160  # marks, side by side, that fill the width of the image

_WIDEST = 1000  # largest ratio of the farthest colour's depth to the nearest's: 0 m has no logarithm


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


def mark_errors(picture: np.ndarray, pixels: np.ndarray, errors: np.ndarray) -> None:
    """Draw points on a picture, in place: green within 10 % of the measured depth, yellow within 30 %, else red.

    :param picture: (H, W, 3) uint8 BGR
    :param pixels: (N, 2) whole numbers, column and row
    :param errors: (N,) logarithm of shown over measured depth
    """
    off = np.abs(errors)
    radius = max(1, picture.shape[1] // (2 * _MARKS))
    for place, error in zip(pixels.tolist(), off.tolist(), strict=True):
        colour = AGREES if error <= _CLOSE else DOUBTFUL if error <= _FAR else DISAGREES
        cv2.circle(picture, place, radius + 1, (0, 0, 0), cv2.FILLED)
        cv2.circle(picture, place, radius, colour, cv2.FILLED)
