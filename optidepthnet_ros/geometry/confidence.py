# SPDX-License-Identifier: Apache-2.0
"""The confidence of each pixel's depth: the left-right check of the two disparities that the network predicts."""

import cv2
import numpy as np

PRECISION = 0.5  # canonical pixels: a disparity is not more accurate than this, however well the two views agree


def left_right_confidence(left: np.ndarray, right: np.ndarray, canonical_width: float, stride: int = 1) -> np.ndarray:
    """Return exp(-error / d): error is |d(x) - d'(x - d)| plus half a pixel, d the left and d' the right disparity.

    Z is proportional to 1 / d, so error / d is the relative error of depth that the check cannot exclude: a confidence
    of 0.9 is about 10 %, 0.5 about 70 %. The half pixel makes far pixels less certain than near ones. Where x - d lies
    outside the image, there is nothing to compare with, and the confidence is 0.

    :param left: (H, W) float32, in the left view
    :param right: (H, W) float32, in the right view
    :param canonical_width: a disparity of 1 in canonical pixels
    :param stride: canonical pixels per pixel of these arrays, in each direction
    :return: (H, W) float32, 0 to 1
    """
    height, width = left.shape
    columns = left * np.float32(-canonical_width / stride)
    columns += np.arange(width, dtype=np.float32)
    rows = np.repeat(np.arange(height, dtype=np.float32)[:, np.newaxis], width, axis=1)
    error: np.ndarray = cv2.remap(right, columns, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    cv2.absdiff(left, error, error)
    error += np.float32(PRECISION / canonical_width)
    with np.errstate(divide='ignore'):
        error /= left
    confidence = cv2.exp(np.negative(error, out=error), error)
    confidence[columns < 0] = 0
    return confidence
