# SPDX-License-Identifier: Apache-2.0
"""Refines stereo matches to subpixel accuracy by one step of Lucas and Kanade (IJCAI 1981)."""

import cv2
import numpy as np

WINDOW = 5  # pixels
MAX_STEP = 0.5  # pixels
NOISE = 4.0  # squared gray levels: the variance of the gradient at which half of the step is taken


def refine(left: np.ndarray, right: np.ndarray, disparity: np.ndarray) -> np.ndarray:
    """Move each match to where the right view is most similar to the left one around it.

    Semi-global matching prefers whole pixels: its parabola through the three best costs is off by up to a third of a
    pixel.

    :param left: uint8 (H, W), gray
    :param right: uint8 (H, W)
    :param disparity: (H, W) float32 of the left view in pixels, NaN where unknown
    :return: (H, W) float32, NaN in the same places
    """
    known = np.isfinite(disparity)
    weight = known.astype(np.float32)
    share = _mean(weight).clip(1e-6)
    matched, slope = _at_matches(right, np.nan_to_num(disparity))
    slope *= weight
    difference = weight * (left - matched)
    # Means are removed, because the two cameras may be exposed differently.
    mean_slope = _mean(slope) / share
    covariance = _mean(slope * difference) / share - mean_slope * _mean(difference) / share
    variance = _mean(slope * slope) / share - mean_slope**2
    step = covariance / (variance + NOISE)
    return np.where(known, disparity - step.clip(-MAX_STEP, MAX_STEP), np.nan).astype(np.float32)


def _at_matches(right: np.ndarray, disparity: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the right view's gray levels at the matches, and their change per pixel."""
    height, width = disparity.shape
    rows, columns = np.mgrid[:height, :width].astype(np.float32)
    levels = right.astype(np.float32)
    before, at, after = (
        cv2.remap(levels, columns - disparity + offset, rows, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
        for offset in (-0.5, 0.0, 0.5)
    )
    return at, after - before


def _mean(image: np.ndarray) -> np.ndarray:
    return cv2.boxFilter(image, -1, (WINDOW, WINDOW), borderType=cv2.BORDER_REPLICATE)
