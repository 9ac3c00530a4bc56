# SPDX-License-Identifier: Apache-2.0
"""The rules of OBSTACLE_DISTANCE, and that MAVROS sends the same from its scan as PX4 receives directly."""

import numpy as np
import pytest

from optidepthnet_ros.obstacles.flight_controller import (
    distances_in_centimetres,
    ranges_for_mavros,
    shared_with_neighbours,
)

AHEAD, LEFT, RIGHT, BEHIND = 0, 18, 54, 36  # anticlockwise


def circle(**sectors):
    ranges = np.full(72, np.nan, np.float32)
    for name, metres in sectors.items():
        ranges[globals()[name]] = metres
    return ranges


def through_mavros(scan, range_min, range_max):
    """Return distances, min_distance and max_distance as the plugin sends them, following ``obstacle_distance.cpp``."""
    with np.errstate(invalid='ignore'):
        centimetres = (scan.astype(np.float64) * 1e2).astype(np.float32)
        unknown = ~(centimetres < 65535) | (centimetres < 0)
        distances = np.where(unknown, 65535, centimetres).astype(np.uint16)
    return distances, *(int(float(np.float32(limit)) * 1e2) for limit in (range_min, range_max))


def test_sectors_run_clockwise_from_straight_ahead():
    distances = distances_in_centimetres(circle(AHEAD=1, LEFT=2, RIGHT=3, BEHIND=4), 0.1, 10)
    assert distances[[0, 18, 36, 54]].tolist() == [100, 300, 400, 200]
    assert (np.delete(distances, [0, 18, 36, 54]) == 65535).all() and distances.dtype == np.uint16


def test_free_unknown_too_near_and_too_far_sectors():
    distances = distances_in_centimetres(circle(AHEAD=np.inf, LEFT=0.02, RIGHT=12, BEHIND=np.nan), 0.1, 10)
    assert distances[[0, 54, 18, 36]].tolist() == [1001, 10, 1000, 65535]
    assert distances_in_centimetres(circle(AHEAD=0.0), 0.0, 10)[0] == 1  # ArduPilot ignores 0
    assert distances_in_centimetres(circle(AHEAD=np.inf), 0.0, 1000)[0] == 65534  # free, not unknown


@pytest.mark.parametrize('range_min, range_max', [(0.1, 10.0), (0.29, 4.35), (0.15, 8.1), (0.2, 6.55), (0.0, 14.99)])
def test_mavros_sends_the_same_distances(range_min, range_max):
    ranges = circle(AHEAD=1.234, LEFT=np.inf, RIGHT=range_min, BEHIND=range_max)
    expected = distances_in_centimetres(ranges, range_min, range_max)
    sent, low, high = through_mavros(ranges_for_mavros(ranges, range_min, range_max), range_min, range_max)
    unknown, free = expected == 65535, expected == expected[54]
    assert (sent[unknown] == 65535).all()
    assert (sent[free] > high).all() and (sent[free] < 65535).all()
    obstacles = ~unknown & ~free
    assert (np.abs(sent[obstacles].astype(int) - expected[obstacles]) <= 1).all()
    assert (sent[obstacles] >= low).all() and (sent[obstacles] <= high).all()  # ArduPilot ignores all others


@pytest.mark.parametrize('sector', [0, 1, 36, 71])
def test_an_obstacle_in_any_sector_is_also_in_an_even_sector(sector):
    """PX4 reads its bin i of 36 from index 2 i."""
    ranges = np.full(72, np.inf, np.float32)
    ranges[sector] = 2.0
    distances = distances_in_centimetres(shared_with_neighbours(ranges), 0.1, 10)
    assert distances[::2].min() == 200 and (distances == 200).sum() == 3 and (distances == 1001).sum() == 69


def test_free_and_unknown_sectors_do_not_change_their_neighbours():
    ranges = circle(AHEAD=np.inf)
    np.testing.assert_array_equal(shared_with_neighbours(ranges), ranges)
