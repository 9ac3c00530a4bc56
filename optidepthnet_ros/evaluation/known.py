# SPDX-License-Identifier: Apache-2.0
"""Shrinks maps with unknown pixels."""

import cv2
import numpy as np


def mean_of_known(values: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """Resize to fewer pixels: each is the mean of the known values that it covers, NaN if there are none.

    :param values: (H, W), NaN unknown
    :param shape: rows and columns
    """
    known = np.isfinite(values)
    weight = cv2.resize(known.astype(np.float32), shape[::-1], interpolation=cv2.INTER_AREA)
    total = cv2.resize(np.where(known, values, 0).astype(np.float32), shape[::-1], interpolation=cv2.INTER_AREA)
    return np.where(weight > 0, total / np.maximum(weight, 1e-9), np.nan)
