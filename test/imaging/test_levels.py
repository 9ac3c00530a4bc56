# SPDX-License-Identifier: Apache-2.0
"""Levels are counted, and half of the values are at or below the median."""

import numpy as np

from optidepthnet_ros.imaging.levels import level_counts, median_level


def test_levels_of_gray_and_colour_images():
    counts = level_counts(np.array([[0, 7, 7], [255, 8, 9]], np.uint8))
    assert counts.sum() == 6 and counts[7] == 2 and counts[255] == 1 and median_level(counts) == 7
    colours = np.full((2, 5, 3), 30, np.uint8)
    colours[..., 2] = 200
    assert level_counts(colours[:, ::2])[[30, 200]].tolist() == [12, 6] and median_level(level_counts(colours)) == 30
