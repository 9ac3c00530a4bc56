# SPDX-License-Identifier: Apache-2.0
"""Bootstrap intervals of means over few images."""

import numpy as np
import pytest

from optidepthnet_ros.evaluation.bootstrap import draw_weights, interval


def test_the_interval_of_many_values_is_the_normal_one():
    """The interval of the mean of 400 values with standard deviation 1 is mean -+ 1.96 / 20."""
    values = np.random.default_rng(1).normal(size=400)
    values = (values - values.mean()) / values.std() + 5
    low, high = interval(values, draw_weights(400, 5000, seed=0))
    assert (low, high) == pytest.approx((5 - 1.96 / 20, 5 + 1.96 / 20), abs=0.006)


def test_two_images_are_drawn_four_ways():
    """The values 0 and 1 give the means 0, 1/2, 1/2 and 1, a quarter each, so the 95 % interval is 0 to 1."""
    weights = draw_weights(2, 4000, seed=0)
    assert np.mean(weights @ [0, 1] == 0.5) == pytest.approx(0.5, abs=0.03)
    assert interval(np.array([0.0, 1.0]), weights) == (0, 1)


def test_one_seed_gives_one_interval_and_another_seed_another():
    values = np.random.default_rng(0).random(18)
    intervals = [interval(values, draw_weights(18, 500, seed)) for seed in (3, 3, 4)]
    assert intervals[0] == intervals[1] != intervals[2]


def test_blocks_widen_the_interval_where_neighbours_are_alike():
    """Ten runs of ten equal values are ten observations, not a hundred."""
    values = np.repeat(np.random.default_rng(0).normal(size=10), 10)
    width, wider = (np.subtract(*interval(values, draw_weights(100, 2000, seed=0, block=block))) for block in (1, 10))
    assert wider / width == pytest.approx(10**0.5, rel=0.3)


def test_blocks_draw_as_many_images_as_there_are():
    weights = draw_weights(7, 50, seed=0, block=3)
    np.testing.assert_allclose(weights.sum(axis=1), 1)
    assert weights.shape == (50, 7) and np.ptp(weights.mean(axis=0)) < 0.1
