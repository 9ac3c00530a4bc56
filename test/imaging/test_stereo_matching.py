# SPDX-License-Identifier: Apache-2.0
"""Semi-global matching finds known disparities in both views, and the others are unknown."""

import cv2
import numpy as np
import pytest

from optidepthnet_ros.imaging.stereo_matching import match


def test_a_square_in_front_of_a_wall():
    """Left and right disparities are correct on both surfaces; what only one view sees is unknown."""
    random = np.random.default_rng(0)
    wall, square = (cv2.GaussianBlur(random.integers(0, 256, (96, 256), np.uint8), (3, 3), 0) for _ in range(2))
    left, right = wall[:, :240].copy(), wall[:, 8:248].copy()  # the wall has 8 pixels of disparity
    left[30:70, 100:160] = square[30:70, 100:160]
    right[30:70, 80:140] = square[30:70, 100:160]  # the square has 20
    left_disparity, right_disparity = match(left, right)
    for disparity, inside in ((left_disparity, np.s_[35:65, 106:154]), (right_disparity, np.s_[35:65, 86:134])):
        assert np.nanmedian(disparity) == 8
        assert np.nanmax(np.abs(disparity[inside] - 20)) < 0.5 and np.isfinite(disparity[inside]).mean() > 0.9
        wall_only = np.s_[75:, 30:210]
        assert np.nanmax(np.abs(disparity[wall_only] - 8)) < 0.5 and np.isfinite(disparity[wall_only]).mean() > 0.9
    assert np.isnan(left_disparity[35:65, 90:98]).mean() > 0.9  # hidden behind the square in the right view


@pytest.mark.parametrize('shift', [2.3, 5.7, 12.6, 20.4])
def test_fractions_of_a_pixel_are_measured(shift):
    """Noisy views with different exposures: the bias of semi-global matching towards whole pixels is removed."""
    random = np.random.default_rng(0)
    left = cv2.GaussianBlur(random.integers(0, 256, (120, 320)).astype(np.float32), (0, 0), 2)
    left = 128 + 5 * (left - 128)
    moved = cv2.warpAffine(left, np.float32([[1, 0, -shift], [0, 1, 0]]), (320, 120), flags=cv2.INTER_LANCZOS4)
    right = 1.03 * moved + 5 + random.normal(0, 2, left.shape)
    for disparity in match(*(view.clip(0, 255).astype(np.uint8) for view in (left, right))):
        assert abs(np.nanmedian(disparity) - shift) < 0.05 and np.isfinite(disparity).mean() > 0.8
