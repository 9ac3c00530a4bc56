# SPDX-License-Identifier: Apache-2.0
"""Pairing by stamps."""

import numpy as np
import pytest

from optidepthnet_ros.recordings.stamps import match_stamps


@pytest.mark.parametrize(
    'left, right, expected',
    [
        ([10, 20, 30], [10, 20, 30], [(0, 0), (1, 1), (2, 2)]),
        ([10, 20, 30], [12, 31], [(0, 0), (2, 1)]),  # one right image was lost
        ([10, 20], [15], []),  # too far apart
        ([10, 12], [11], [(0, 0)]),  # an image belongs to one pair only
        ([10], [8, 11, 40], [(0, 1)]),  # the nearest
        ([10], [10], [(0, 0)]),
        ([], [10], []),
        ([10], [], []),
    ],
)
def test_pairs_are_the_nearest_within_the_tolerance(left, right, expected):
    assert match_stamps(np.array(left, np.int64), np.array(right, np.int64), 3) == expected
    assert match_stamps(np.array(right, np.int64), np.array(left, np.int64), 3) == [(j, i) for i, j in expected]


def test_stamps_of_today_keep_their_nanoseconds():
    left = np.array([1_700_000_000_000_000_001], np.int64)
    assert match_stamps(left, left + 1, 1) == [(0, 0)]
    assert match_stamps(left, left + 2, 1) == []
