# SPDX-License-Identifier: Apache-2.0
"""Semi-global matching (Hirschmueller 2008, OpenCV): disparities for training and evaluation."""

import cv2
import numpy as np

from optidepthnet_ros.imaging.subpixel import refine

BLOCK = 5
MAX_SHARE = 0.2  # of image width: the nearest surface that is searched for
MAX_DISAGREEMENT = 1.0  # pixels between the left and the right match


def match(left: np.ndarray, right: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Match a rectified pair in both directions and keep the pixels where both agree.

    :param left: uint8 (H, W), gray
    :param right: uint8 (H, W)
    :return: left and right disparity, (H, W) float32 in pixels, NaN where unknown
    """
    left_disparity = _match(left, right)
    # Mirrored and swapped, the right view takes the place of the left one.
    right_disparity = _match(right[:, ::-1], left[:, ::-1])[:, ::-1]
    return _agreeing(left_disparity, right_disparity, -1), _agreeing(right_disparity, left_disparity, 1)


def _match(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    width = left.shape[1]
    search = max(16, int(width * MAX_SHARE) // 16 * 16)
    matcher = cv2.StereoSGBM_create(  # type: ignore[attr-defined]  # missing from OpenCV's stubs
        minDisparity=0,
        numDisparities=search,
        blockSize=BLOCK,
        P1=8 * BLOCK**2,
        P2=32 * BLOCK**2,
        uniquenessRatio=10,
        speckleWindowSize=100,
        speckleRange=1,
        mode=cv2.STEREO_SGBM_MODE_SGBM_3WAY,
    )
    # Replicated columns, because the matcher leaves the first `search` ones without a result.
    padded = [
        cv2.copyMakeBorder(np.ascontiguousarray(image), 0, 0, search, 0, cv2.BORDER_REPLICATE)
        for image in (left, right)
    ]
    disparity = matcher.compute(*padded)[:, search:].astype(np.float32) / 16
    return _positive(refine(left, right, _positive(disparity)))


def _positive(disparity: np.ndarray) -> np.ndarray:
    return np.where(disparity > 0, disparity, np.float32(np.nan))


def _agreeing(disparity: np.ndarray, other: np.ndarray, direction: int) -> np.ndarray:
    """Keep pixels whose counterpart lies inside the other view and has the same disparity."""
    height, width = disparity.shape
    columns = np.arange(width) + direction * np.nan_to_num(disparity)
    inside = (columns >= 0) & (columns <= width - 1)
    nearest = np.clip(np.rint(columns), 0, width - 1).astype(np.intp)
    counterpart = other[np.arange(height)[:, np.newaxis], nearest]
    with np.errstate(invalid='ignore'):
        agree = inside & (np.abs(counterpart - disparity) <= MAX_DISAGREEMENT)
    return np.where(agree, disparity, np.nan).astype(np.float32)
