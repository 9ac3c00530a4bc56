# SPDX-License-Identifier: Apache-2.0
"""Gaps in near surfaces are filled, all others stay unknown."""

import numpy as np
import pytest

from optidepthnet_ros.training.gaps import fill_gaps


@pytest.fixture
def wall():
    """A wall that comes nearer to the right, seen from the side."""
    return np.tile(np.linspace(0.15, 0.3, 40, dtype=np.float32), (20, 1))


def test_a_gap_in_a_near_surface_is_interpolated(wall):
    torn = wall.copy()
    torn[5:12, 10:16] = np.nan
    filled = fill_gaps(torn)
    np.testing.assert_allclose(filled, wall, rtol=0.05)
    assert filled.dtype == np.float32
    np.testing.assert_array_equal(filled[~np.isnan(torn)], wall[~np.isnan(torn)])


def test_gaps_are_filled_along_the_shorter_way_across(wall):
    """A gap of one column in a surface that is level in each column: the short way along the row is better."""
    wall[:, 20:] += 0.012
    torn = wall.copy()
    torn[1:-1, 10] = np.nan
    np.testing.assert_allclose(fill_gaps(torn), wall, rtol=1e-3)


@pytest.mark.parametrize(
    'change',
    [
        lambda d: d[:, 30:].__imul__(2),  # another surface begins behind the gap
        lambda d: d.__imul__(0.2),  # far
        lambda d: d[:, 30:].fill(0),  # beside the sky
        lambda d: d[:, 30:].fill(np.nan),  # up to the border, where the other view saw nothing
    ],
)
def test_gaps_that_may_be_another_surface_stay_unknown(wall, change):
    wall[:, 20:30] = np.nan
    change(wall)
    np.testing.assert_array_equal(fill_gaps(wall), wall)
