# SPDX-License-Identifier: Apache-2.0
"""Images without their colours."""

import cv2
import numpy as np


def to_gray(image: np.ndarray) -> np.ndarray:
    """Return uint8 (H, W), for (H, W, 3) BGR or (H, W) gray, which stays as it is."""
    return image if image.ndim == 2 else cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
