# SPDX-License-Identifier: Apache-2.0
"""Equalises the exposure of pictures before a network sees them, so that depth does not change with the light."""

import cv2
import numpy as np

from optidepthnet_ros.imaging.levels import level_counts, median_level

TYPICAL = 72  # grey value: training images of the shipped models have medians of 59 to 90 (10th, 90th percentile)
STRONGEST = 4.0  # a darker picture stays dark: its noise would grow as well


def exposure_gain(image: np.ndarray) -> float:
    """Return the factor, at most ``STRONGEST``, that brings the median of a picture to ``TYPICAL``.

    The median is used because it stays correct when the brightest pixels clip.

    :param image: uint8, (H, W) or (H, W, C)
    """
    return min(TYPICAL / max(median_level(level_counts(image)), 1), STRONGEST)


def exposed(image: np.ndarray, gain: float) -> np.ndarray:
    """Return a uint8 picture (H, W) or (H, W, C) times the gain as float32 in 0..1."""
    return cv2.LUT(image, np.minimum(np.arange(256) * (gain / 255), 1).astype(np.float32))
