# SPDX-License-Identifier: Apache-2.0
"""The baseline of every table: depth that ignores the image, the mean inverse depth at each pixel."""

import cv2
import numpy as np

from optidepthnet_ros.evaluation.ground_truth.frame import Frame, GroundTruth
from optidepthnet_ros.evaluation.known import mean_of_known
from optidepthnet_ros.evaluation.systems import System

GRID = (96, 320)  # rows and columns, common to frames of slightly different sizes


class ImageBlind(System):
    """Predicts each frame only from the truth of the other frames. A system that is no better has learned nothing.

    :param truth: ground truth of two frames or more
    """

    def __init__(self, truth: GroundTruth):
        super().__init__('image-blind (mean of the other frames)')
        self._total, self._count = np.zeros(GRID), np.zeros(GRID, int)
        for name in truth.names:
            inverse, known = _inverse(truth.read(name))
            self._total += inverse
            self._count += known

    def predict(self, frame: Frame) -> np.ndarray:
        own, known = _inverse(frame)
        count = self._count - known
        mean = np.where(count > 0, (self._total - own) / np.maximum(count, 1), np.nan)
        size = frame.depth.shape[::-1]
        return 1 / cv2.resize(_fill_rows(mean).astype(np.float32), size, interpolation=cv2.INTER_LINEAR)


def _inverse(frame: Frame) -> tuple[np.ndarray, np.ndarray]:
    """Return inverse depth on the grid, 0 where unknown, and where it is known."""
    inverse = mean_of_known(1 / frame.depth, GRID)
    known = np.isfinite(inverse)
    return np.where(known, inverse, 0), known


def _fill_rows(mean: np.ndarray) -> np.ndarray:
    """Fill cells without data with the mean of their row, and rows without data from the nearest rows with data."""
    known = np.isfinite(mean)
    rows = np.where(known, mean, 0).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
    filled = np.flatnonzero(known.any(axis=1))
    rows = np.interp(np.arange(len(rows)), filled, rows[filled])
    return np.where(known, mean, rows[:, np.newaxis])
