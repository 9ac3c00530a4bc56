# SPDX-License-Identifier: Apache-2.0
"""Depth as a picture."""

import numpy as np
import pytest

from optidepthnet_ros.imaging.preview import BEYOND_RANGE, UNKNOWN, colour_depth


@pytest.mark.parametrize('min_depth', [0.0, 0.1, 2.0])
def test_near_and_far_differ_and_unknown_and_beyond_range_have_no_colour(min_depth):
    depth = np.float32([[-np.inf, 3.0, 30.0, np.inf, np.nan]])
    picture = colour_depth(depth, min_depth, 80.0)[0]
    assert len({tuple(pixel) for pixel in picture.tolist()}) == 5
    assert (*picture[3],) == BEYOND_RANGE and (*picture[4],) == UNKNOWN
    assert picture[0, 2] > picture[0, 0] and picture[2, 0] > picture[2, 2]  # red is near, blue is far
