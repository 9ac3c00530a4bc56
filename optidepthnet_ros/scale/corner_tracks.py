# SPDX-License-Identifier: Apache-2.0
"""Tracks corners from one image to another of the same camera."""

import cv2
import numpy as np

_CORNERS = 400
_QUALITY = 0.003  # relative to the best corner
_APART = 8  # pixels
_WINDOW = (13, 13)
_LEVELS = 3
_ENOUGH = (cv2.TERM_CRITERIA_COUNT | cv2.TERM_CRITERIA_EPS, 10, 0.03)  # iterations, pixels
_SAME = 0.5  # pixels that a corner may be off when it is tracked back


def find_corners(image: np.ndarray) -> np.ndarray:
    """Return corners (N, 2) float32, x and y in pixels.

    :param image: uint8 (H, W), gray
    """
    found = cv2.goodFeaturesToTrack(image, _CORNERS, _QUALITY, _APART)
    return np.empty((0, 2), np.float32) if found is None else found.reshape(-1, 2)


def follow_corners(
    image: np.ndarray, other: np.ndarray, corners: np.ndarray, guess: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Find corners of one image in another, by pyramidal optical flow (Lucas and Kanade), forwards and backwards.

    :param image: uint8 (H, W), gray
    :param other: uint8 (H, W), gray
    :param corners: (N, 2) float32 pixels of ``image``
    :param guess: (N, 2) float32 pixels of ``other``, approximately where the corners are
    :return: (N, 2) float32 pixels of ``other``, and bool (N,), true where tracking back ends at the same corner
    """
    if not len(corners):
        return corners, np.zeros(0, bool)
    there, found = _flow(image, other, corners, guess)
    back, returned = _flow(other, image, there, corners)
    same = np.linalg.norm(back - corners, axis=1) <= _SAME
    return there, found & returned & same


def _flow(
    image: np.ndarray, other: np.ndarray, corners: np.ndarray, guess: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    moved, status, _ = cv2.calcOpticalFlowPyrLK(
        image,
        other,
        corners,
        guess.astype(np.float32).copy(),
        winSize=_WINDOW,
        maxLevel=_LEVELS,
        criteria=_ENOUGH,
        flags=cv2.OPTFLOW_USE_INITIAL_FLOW,
    )
    return moved, status.ravel() == 1
