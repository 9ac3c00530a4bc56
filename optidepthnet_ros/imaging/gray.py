# SPDX-License-Identifier: Apache-2.0
"""Converts images to gray."""

import cv2
import numpy as np


def to_gray(image: np.ndarray) -> np.ndarray:
    """Return (H, W, 3) BGR as uint8 (H, W); (H, W) gray stays as it is."""
    return image if image.ndim == 2 else cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
