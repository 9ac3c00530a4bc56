# SPDX-License-Identifier: Apache-2.0
"""Makes pictures of other exposure alike before a network sees them, so that depth does not change with the light."""

import cv2
import numpy as np

from optidepthnet_ros.imaging.levels import level_counts, median_level

TYPICAL = 72  # grey values: what the shipped models learned from has medians of 59 to 90 (10th, 90th percentile)
STRONGEST = 4.0  # a darker picture stays dark: its noise would grow as well


def exposure_gain(image: np.ndarray) -> float:
    """Return by what to multiply a picture so that its median is ``TYPICAL``, at most ``STRONGEST``.

    The median, because it stays where it belongs while the brightest pixels clip.

    :param image: uint8, (H, W) or (H, W, C)
    """
    return min(TYPICAL / max(median_level(level_counts(image)), 1), STRONGEST)


def exposed(image: np.ndarray, gain: float) -> np.ndarray:
    """Return an uint8 picture (H, W) or (H, W, C) times the gain as float32 in 0..1."""
    return cv2.LUT(image, np.minimum(np.arange(256) * (gain / 255), 1).astype(np.float32))
