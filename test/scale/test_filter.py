# SPDX-License-Identifier: Apache-2.0
"""The correction over time, with known values: steps, drop-outs and bursts of outliers."""

import math

import numpy as np
import pytest

from optidepthnet_ros.scale.correction import Correction
from optidepthnet_ros.scale.filter import FilterLimits, ScaleFilter
from optidepthnet_ros.scale.fit import Fit
from optidepthnet_ros.scale.shown import Shown

PERIOD = 0.1
LIMITS = FilterLimits(rate=0.5, timeout=2.0)
DEPTHS = np.geomspace(0.5, 60, 50).astype(np.float32)
STREET, ROOM = Shown(DEPTHS), Shown(np.geomspace(0.5, 6, 50).astype(np.float32))


def fit(scale, shift=0.0):
    return Fit(Correction(scale, shift), 0.01**2, 0.002**2 if shift else 0.0, 0.8, 300)


def run(filter_, fits, start=0.0, shown=STREET):
    """Return the state after each frame."""
    return [filter_.update(start + PERIOD * number, shown, one) for number, one in enumerate(fits)]


def largest_change(states, shown=STREET):
    depths = np.array([state.applied.depth(shown.depth) for state in states])
    return float(np.abs(np.diff(np.log(depths), axis=0)).max())


def test_without_evidence_nothing_changes():
    states = run(ScaleFilter(LIMITS), [None] * 20)
    assert all(state.applied.is_identity and state.stale and math.isinf(state.age) for state in states)


@pytest.mark.parametrize('scale, shift', [(1.5, 0.0), (0.4, 0.0), (0.8, 0.1)])
def test_the_correction_is_reached_at_the_stated_rate(scale, shift):
    states = run(ScaleFilter(LIMITS), [fit(scale, shift)] * 80)
    assert largest_change(states) <= LIMITS.rate * PERIOD * 1.001
    assert states[-1].applied.scale == pytest.approx(scale, rel=1e-2)
    assert states[-1].applied.shift == pytest.approx(shift, abs=2e-3)
    assert not states[-1].stale and states[-1].age == 0 and states[-1].inliers == 0.8
    assert states[-1].variance < 0.03**2


@pytest.mark.parametrize('shift', [0.1, -0.1])
def test_a_shift_is_reached_in_a_room_as_fast_as_the_depths_of_the_room_permit(shift):
    """A shift changes a depth of 80 m the most, but such a depth does not occur in a room."""
    wanted = Correction(1.2, shift)
    way = float(np.abs(np.log(wanted.depth(ROOM.depth) / ROOM.depth)).max())
    frames = 2 + math.ceil(way / (LIMITS.rate * PERIOD))
    states = run(ScaleFilter(LIMITS), [fit(1.2, shift)] * (frames + 10), shown=ROOM)
    assert largest_change(states, ROOM) <= LIMITS.rate * PERIOD * 1.001
    np.testing.assert_allclose(states[frames].applied.depth(ROOM.depth), wanted.depth(ROOM.depth), rtol=0.02)
    near = np.float32([0.5])  # near depth does not wait for far depth
    soon = 2 + math.ceil(abs(math.log(1.2 + 0.5 * shift)) / (LIMITS.rate * PERIOD))
    assert states[soon].applied.depth(near) == pytest.approx(wanted.depth(near), rel=0.03)


def test_depth_that_is_not_published_may_jump():
    filter_ = ScaleFilter(LIMITS)
    states = run(filter_, [fit(1.0)] * 5) + run(filter_, [fit(1.0, 0.1)] * 10, 0.5, Shown(DEPTHS, far=6.0))
    assert largest_change(states, Shown(DEPTHS[DEPTHS < 4])) <= LIMITS.rate * PERIOD * 1.001
    assert largest_change(states) > 2 * LIMITS.rate * PERIOD


def test_a_frame_without_depth_counts_as_one_with_every_depth_that_may_be_published():
    unknown = Shown(np.full(3, np.nan, np.float32), near=0.5, far=60.0)
    states = run(ScaleFilter(LIMITS), [fit(1.0, 0.05)] * 10, shown=unknown)
    assert not states[-1].applied.is_identity
    assert largest_change(states) <= LIMITS.rate * PERIOD * 1.001


def test_a_step_is_followed_within_the_stated_time_once_it_is_confirmed():
    states = run(ScaleFilter(LIMITS), [fit(1.0)] * 30 + [fit(1.5)] * 40)
    scales = [state.applied.scale for state in states]
    assert scales[33] == pytest.approx(1.0, abs=1e-3)  # four frames may still be outliers
    assert largest_change(states) <= LIMITS.rate * PERIOD * 1.001
    confirmed, way = 5, math.ceil(math.log(1.5) / (LIMITS.rate * PERIOD))
    assert scales[30 + confirmed + way] == pytest.approx(1.5, rel=0.02)


def test_a_burst_of_outliers_changes_the_scale_little():
    rng = np.random.default_rng(0)
    burst = [fit(scale) for scale in rng.uniform(0.3, 3, 20)]
    states = run(ScaleFilter(LIMITS), [fit(1.2)] * 30 + burst + [fit(1.2)] * 10)
    assert [state.applied.scale for state in states[29:]] == pytest.approx([1.2] * 31, rel=0.05)
    assert any('jump' in state.problem for state in states) and not states[-1].problem


def test_a_drop_out_of_evidence_keeps_the_value_and_flags_it_as_stale():
    filter_ = ScaleFilter(LIMITS)
    before = run(filter_, [fit(1.3)] * 30)[-1]
    held = [filter_.update(2.9 + PERIOD * number, STREET, None, 'no points') for number in range(1, 40)]
    assert {state.applied for state in held} == {before.applied}
    assert [state.stale for state in held] == [state.age > 2.0 for state in held]
    assert held[-1].stale and held[-1].problem == 'no points' and held[-1].variance > before.variance


def test_a_scale_out_of_bounds_is_refused():
    states = run(ScaleFilter(FilterLimits(0.5, 2.0)), [fit(3.0)] * 20)
    assert states[-1].applied.is_identity and 'outside 0.5 to 2' in states[-1].problem


def test_a_long_gap_between_frames_does_not_allow_a_jump():
    filter_ = ScaleFilter(LIMITS)
    filter_.update(0.0, STREET, fit(3.0))
    state = filter_.update(60.0, STREET, fit(3.0))
    assert largest_change([type(state)(), state]) <= LIMITS.rate * 0.5 * 1.001


def test_reset_restarts_the_filter_and_a_clock_that_jumps_back_does_no_harm():
    filter_ = ScaleFilter(LIMITS)
    run(filter_, [fit(2.0)] * 60, start=100.0)
    assert filter_.update(3.0, STREET, fit(2.0)).applied.scale == pytest.approx(2.0, rel=0.01)
    filter_.reset()
    assert filter_.update(3.1, STREET, None).applied.is_identity


def test_the_first_correction_of_a_relative_network_is_applied_at_once_and_later_ones_at_the_rate():
    filter_ = ScaleFilter(FilterLimits(rate=0.5, relative=True))
    relative = 1 / ((1 / DEPTHS + 0.01) / 0.003)
    fits = [None, fit(0.003, -0.01)] + [fit(0.0031, -0.01)] * 20 + [fit(0.006, -0.01)] * 40
    states = run(filter_, fits, shown=Shown(relative, relative=True))
    assert states[0].stale and not states[1].stale
    assert states[1].applied.scale == pytest.approx(0.003, rel=1e-3)
    assert states[21].applied.scale == pytest.approx(0.0031, rel=0.01)
    assert states[-1].applied.scale == pytest.approx(0.006, rel=0.01)
    depths = np.array([state.applied.depth_of_relative(relative) for state in states[1:]])
    assert np.nanmax(np.abs(np.diff(np.log(depths), axis=0))) <= 0.5 * PERIOD * 1.001
