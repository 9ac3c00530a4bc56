# SPDX-License-Identifier: Apache-2.0
"""The brightness of an image, from a histogram of its values."""

import cv2
import numpy as np


def level_counts(image: np.ndarray) -> np.ndarray:
    """Return the number of values at each level, (256,).

    :param image: uint8, (H, W) or (H, W, C)
    """
    values = np.ascontiguousarray(image).reshape(len(image), -1)
    return cv2.calcHist([values], [0], None, [256], [0, 256]).ravel()


def median_level(counts: np.ndarray) -> int:
    """Return the median level."""
    running = counts.cumsum()
    return int(np.searchsorted(running, running[-1] / 2))
