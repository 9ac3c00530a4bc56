# SPDX-License-Identifier: Apache-2.0
"""An image and its depth in one picture."""

import numpy as np
import pytest

from optidepthnet_ros.imaging.depth_picture import draw_depth
from optidepthnet_ros.imaging.preview import BEYOND_RANGE, UNKNOWN, colour_depth

DEPTH = np.full((100, 500), 7.0, np.float32)
DEPTH[:10], DEPTH[10:20] = np.nan, np.inf


@pytest.mark.parametrize('rows, columns', [(100, 500), (100, 120)])
def test_shows_the_image_its_depth_and_a_scale(rows, columns):
    """Wide images are shown one below the other, others side by side; small ones are enlarged."""
    image, depth = np.full((rows, columns, 3), (1, 2, 3), np.uint8), DEPTH[:rows, :columns]
    picture = draw_depth(image, depth, 2.0, 80.0)
    factor = 1 if columns == 500 else 4
    rows, columns = factor * rows, factor * columns
    assert (picture[:rows, :columns] == (1, 2, 3)).all()
    shown = picture[rows : 2 * rows, :columns] if factor == 1 else picture[:rows, columns : 2 * columns]
    assert (shown[::factor, ::factor] == colour_depth(depth, 2.0, 80.0)).all()
    scale = picture[-60:]
    for colour in (UNKNOWN, BEYOND_RANGE, *colour_depth(np.float32([[2.0, 20.0]]), 2.0, 80.0)[0]):
        assert np.abs(scale.astype(int) - colour).max(axis=-1).min() < 8


def test_any_range_has_a_scale():
    gray = np.zeros((100, 500), np.uint8)
    for nearest, farthest in ((0.001, 0.04), (1.1, 1.9), (0.25, 10.0), (0.1, 1000.0)):
        assert draw_depth(gray, DEPTH, nearest, farthest).shape[0] > 200
