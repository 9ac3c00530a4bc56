# SPDX-License-Identifier: Apache-2.0
"""Semi-global matching finds known disparities in both views and owns up where it cannot."""

import cv2
import numpy as np

from optidepthnet_ros.imaging.stereo_matching import match


def test_a_square_before_a_wall():
    """Left and right disparity are right on both surfaces; what only one view sees is unknown."""
    random = np.random.default_rng(0)
    wall, square = (cv2.GaussianBlur(random.integers(0, 256, (96, 256), np.uint8), (3, 3), 0) for _ in range(2))
    left, right = wall[:, :240].copy(), wall[:, 8:248].copy()  # the wall at 8 pixels
    left[30:70, 100:160] = square[30:70, 100:160]
    right[30:70, 80:140] = square[30:70, 100:160]  # the square at 20
    left_disparity, right_disparity = match(left, right)
    for disparity, inside in ((left_disparity, np.s_[35:65, 106:154]), (right_disparity, np.s_[35:65, 86:134])):
        assert np.nanmedian(disparity) == 8
        assert np.nanmax(np.abs(disparity[inside] - 20)) < 0.5 and np.isfinite(disparity[inside]).mean() > 0.9
        wall_only = np.s_[75:, 30:210]
        assert np.nanmax(np.abs(disparity[wall_only] - 8)) < 0.5 and np.isfinite(disparity[wall_only]).mean() > 0.9
    assert np.isnan(left_disparity[35:65, 90:98]).mean() > 0.9  # hidden behind the square in the right view
