# SPDX-License-Identifier: Apache-2.0
"""Depth as a picture."""

import numpy as np
import pytest

from optidepthnet_ros.imaging.preview import (
    AGREES,
    BEYOND_RANGE,
    DISAGREES,
    DOUBTFUL,
    UNKNOWN,
    colour_depth,
    mark_errors,
)


@pytest.mark.parametrize('min_depth', [0.0, 0.1, 2.0])
def test_near_and_far_differ_and_unknown_and_beyond_range_have_no_colour(min_depth):
    depth = np.float32([[-np.inf, 3.0, 30.0, np.inf, np.nan]])
    picture = colour_depth(depth, min_depth, 80.0)[0]
    assert len({tuple(pixel) for pixel in picture.tolist()}) == 5
    assert (*picture[3],) == BEYOND_RANGE and (*picture[4],) == UNKNOWN
    assert picture[0, 2] > picture[0, 0] and picture[2, 0] > picture[2, 2]  # red is near, blue is far


def test_marks_are_drawn_in_place_in_the_colour_of_their_error():
    picture = np.full((48, 640, 3), 255, np.uint8)
    mark_errors(picture, np.array([[10, 20], [300, 5], [639, 47]]), np.array([-0.08, 0.2, np.inf]))
    assert [tuple(picture[row, column]) for column, row in ((10, 20), (300, 5), (639, 47))] == [
        AGREES,
        DOUBTFUL,
        DISAGREES,
    ]
    assert (picture[30:40, 400:] == 255).all()
