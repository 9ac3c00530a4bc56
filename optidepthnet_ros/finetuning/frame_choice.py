# SPDX-License-Identifier: Apache-2.0
"""Chooses the frames to learn from: changed since the last one that was kept, sharp, and well exposed."""

from collections import Counter, deque
from dataclasses import dataclass
from statistics import median

import cv2
import numpy as np

TOO_SOON, EXPOSURE, BLUR, UNCHANGED, KEPT = 'too soon', 'badly exposed', 'blurred', 'unchanged', 'kept'
_DARKEST, _BRIGHTEST = 8, 247  # grey values beyond these count as black and white
_SHARPNESS_WIDTH, _CHANGE_WIDTH = 640, 64  # pixels, width to which a frame is reduced for measuring
_RECENT = 30  # frames with whose sharpness a frame is compared


@dataclass(frozen=True)
class Thresholds:
    """Requirements for a frame.

    :param interval: minimum seconds since the last frame that was kept
    :param change: minimum mean difference to it in grey levels, after the overall brightness is subtracted
    :param sharpness: minimum sharpness relative to the median of the last 30 frames; 0 keeps blurred ones too
    :param clipped: maximum share of its pixels that are black or white
    """

    interval: float
    change: float
    sharpness: float
    clipped: float


class FrameChoice:
    """Judges one frame after the other, in the order of their stamps, and counts the verdicts."""

    def __init__(self, thresholds: Thresholds):
        self.counts: Counter[str] = Counter()
        self._thresholds = thresholds
        self._recent: deque[float] = deque(maxlen=_RECENT)
        self._kept: tuple[int, np.ndarray] | None = None  # stamp and small picture of the last one

    def is_too_soon(self, stamp: int) -> bool:
        """Whether the frame at this time, in nanoseconds, comes too soon; if so, it is counted."""
        soon = self._kept is not None and 0 <= stamp - self._kept[0] < self._thresholds.interval * 1e9
        self.counts[TOO_SOON] += soon
        return soon

    def keeps(self, image: np.ndarray, stamp: int) -> bool:
        """Judge and count a frame.

        :param image: uint8 (H, W), gray
        """
        small = _shrunk(image, _CHANGE_WIDTH).astype(np.float32)
        small -= small.mean()
        verdict = self._verdict(_shrunk(image, _SHARPNESS_WIDTH), small)
        self.counts[verdict] += 1
        if verdict == KEPT:
            self._kept = stamp, small
        return verdict == KEPT

    def _verdict(self, image: np.ndarray, small: np.ndarray) -> str:
        limits = self._thresholds
        if np.mean((image < _DARKEST) | (image > _BRIGHTEST)) > limits.clipped:
            return EXPOSURE
        sharpness = float(cv2.Laplacian(image, cv2.CV_32F).var())
        self._recent.append(sharpness)
        if sharpness < limits.sharpness * median(self._recent):
            return BLUR
        if self._kept is not None and np.abs(small - self._kept[1]).mean() < limits.change:
            return UNCHANGED
        return KEPT


def _shrunk(image: np.ndarray, width: int) -> np.ndarray:
    if image.shape[1] <= width:
        return image
    return cv2.resize(
        image, (width, max(1, round(image.shape[0] * width / image.shape[1]))), interpolation=cv2.INTER_AREA
    )
