# SPDX-License-Identifier: Apache-2.0
"""Time to contact with an obstacle that approaches at a known speed."""

import math

import numpy as np
import pytest

from optidepthnet_ros.obstacles.approach import Approach, nearest_of
from optidepthnet_ros.scale.correction import Correction


def followed(distances, times=None):
    approach = Approach()
    times = 0.1 * np.arange(len(distances)) if times is None else times
    return [approach.time_to_contact(time, distance) for time, distance in zip(times, distances)]


def test_a_constant_approach_has_the_right_time_to_contact():
    answers = followed(3 - 0.1 * np.arange(20))  # 1 m/s
    assert np.isnan(answers[:3]).all()
    np.testing.assert_allclose(answers[3:], 3 - 0.1 * np.arange(3, 20), rtol=1e-6)


def test_two_percent_noise_keeps_time_to_contact_within_a_quarter():
    noise = np.random.default_rng(0).normal(1, 0.02, 20)
    answers = followed((3 - 0.1 * np.arange(20)) * noise)
    np.testing.assert_allclose(answers[10:], 3 - 0.1 * np.arange(10, 20), rtol=0.25)


@pytest.mark.parametrize('distances', [np.full(9, 2.0), 2 + 0.1 * np.arange(9)])
def test_a_standing_or_receding_obstacle_has_infinite_time_to_contact(distances):
    assert followed(distances)[-1] == math.inf


def test_another_obstacle_a_gap_or_a_clock_that_jumps_back_restarts_the_estimate():
    assert math.isnan(followed([3, 2.9, 2.8, 2.7, 1.5])[-1])
    assert math.isnan(followed([3, 2.9, 2.8, 2.7, 2.6], [0, 0.1, 0.2, 0.3, 1.0])[-1])
    assert math.isnan(followed([3, 2.9, 2.8, 2.7, 2.6], [0, 0.1, 0.2, 0.3, 0.2])[-1])


@pytest.mark.parametrize('shift', [0.0, 0.1])
@pytest.mark.parametrize('speed', [0.0, 1.0])
def test_a_changing_scale_is_not_a_motion(speed, shift):
    """The scale grows by 5 % a frame, as after a step: all distances decrease as if everything came nearer."""
    approach = Approach()
    for number in range(20):
        correction, true = Correction(0.7 * 1.05**number, shift), 3 - 0.1 * speed * number
        distance = 1 / correction.inverse_depth(1 / true)
        answer = approach.time_to_contact(0.1 * number, distance, correction)
    if not speed:
        assert answer == math.inf
        distances = [1 / Correction(0.7 * 1.05**number, shift).inverse_depth(1 / 3) for number in range(20)]
        assert followed(distances)[-1] < 5  # without the correction
    elif not shift:
        assert answer == pytest.approx(3 - 0.1 * 19, rel=1e-6)


def test_free_and_unknown_are_passed_on():
    assert followed([3, 2.9, 2.8, 2.7, math.inf])[-1] == math.inf
    assert math.isnan(followed([3, 2.9, 2.8, 2.7, math.nan])[-1])


def test_the_nearest_distance_is_free_only_if_every_sector_in_view_is_free():
    view = np.array([True, True, False])
    assert nearest_of(np.array([2.0, math.nan, 1.0]), view) == 2
    assert nearest_of(np.array([math.inf, math.inf, math.nan]), view) == math.inf
    assert math.isnan(nearest_of(np.array([math.inf, math.nan, math.nan]), view))
    assert math.isnan(nearest_of(np.full(3, math.inf), np.zeros(3, bool)))
