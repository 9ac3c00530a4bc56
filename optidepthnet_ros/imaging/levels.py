# SPDX-License-Identifier: Apache-2.0
"""How bright an image is, from how many of its values have each level."""

import cv2
import numpy as np


def level_counts(image: np.ndarray) -> np.ndarray:
    """Return how many values there are of each level, (256,).

    :param image: uint8, (H, W) or (H, W, C)
    """
    values = np.ascontiguousarray(image).reshape(len(image), -1)
    return cv2.calcHist([values], [0], None, [256], [0, 256]).ravel()


def median_level(counts: np.ndarray) -> int:
    """Return the level that half of the values are up to."""
    running = counts.cumsum()
    return int(np.searchsorted(running, running[-1] / 2))
