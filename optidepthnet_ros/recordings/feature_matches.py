# SPDX-License-Identifier: Apache-2.0
"""Finds the same points in both views of a pair, without assumptions about rows or sides."""

import cv2
import numpy as np

_FEATURES = 1000  # in each view
_CLEARLY_BEST = 0.8  # distance over that of the second best match (Lowe, IJCV 2004)
_WIDEST = 1024  # pixels; larger images are reduced, to save time


def match_features(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Return matched points (N, 2, 2) float64: for each the left and the right (x, y), in pixels.

    Matches are mutual and clearly better than the second best, but some are still wrong: use medians.

    :param left: uint8 (H, W), gray
    :param right: uint8 (H, W)
    """
    scale = min(1.0, _WIDEST / left.shape[1])
    detector = cv2.SIFT_create(_FEATURES)  # type: ignore[attr-defined]  # missing from OpenCV's stubs
    (left_points, left_features), (right_points, right_features) = (
        detector.detectAndCompute(cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), None)
        for image in (left, right)
    )
    if min(len(left_points), len(right_points)) < 2:
        return np.empty((0, 2, 2))
    there, back = _best(left_features, right_features), _best(right_features, left_features)
    pairs = [(left_points[i].pt, right_points[j].pt) for i, j in there.items() if back.get(j) == i]
    return np.array(pairs, np.float64).reshape(-1, 2, 2) / scale


def _best(features: np.ndarray, others: np.ndarray) -> dict[int, int]:
    matches = cv2.BFMatcher(cv2.NORM_L2).knnMatch(features, others, k=2)
    return {best.queryIdx: best.trainIdx for best, second in matches if best.distance < _CLEARLY_BEST * second.distance}
