# SPDX-License-Identifier: Apache-2.0
"""The correction over time: Kalman filters of log scale and shift, a gate, bounds and a limited rate.

The applied correction follows the estimated one at a limited rate, which holds at the nearest and at the farthest
depth of the frame, so that no depth jumps between two frames. Without evidence the correction stays as it is.
"""

import math
from dataclasses import dataclass

from optidepthnet_ros.scale.correction import IDENTITY, Correction
from optidepthnet_ros.scale.fit import Fit
from optidepthnet_ros.scale.shown import Shown

_WANDER = 0.02  # of log scale, per second: the standard deviation of a random walk
_SHIFT_WANDER = 0.005  # of the shift, in 1/m
_UNKNOWN, _UNKNOWN_SHIFT = 1.0, 0.2  # standard deviations before the first fit
_UNITLESS = 100.0, 100.0  # the same for a relative network: anything is possible
_UNMODELLED, _UNMODELLED_SHIFT = 0.03, 0.005  # standard deviations added to a fit's own
_GATE = 4.0  # standard deviations
_LEAST_GATE = 0.1  # of log scale
_LEAST_SHIFT_GATE = 0.03  # of the shift, in 1/m
_JUMP = 5  # this number of rejected fits in a row, if they agree with one another, is a real step
_LONGEST = 0.5  # seconds between two frames that count, at most, for the rate


@dataclass(frozen=True)
class FilterLimits:
    """Limits of the correction.

    :param minimum: smallest accepted scale
    :param maximum: largest accepted scale
    :param rate: largest change per second of the logarithm of any depth in the frame
    :param timeout: seconds without an accepted fit after which the correction is stale
    :param relative: whether the network's inverse depth has no unit. The bounds then do not apply, and the first
        correction is applied at once, because there was no depth before
    """

    minimum: float = 0.2
    maximum: float = 5.0
    rate: float = 0.5
    timeout: float = 2.0
    relative: bool = False


@dataclass(frozen=True)
class ScaleState:
    """The state of the filter after a frame.

    :param applied: the correction to apply to this frame's depth
    :param estimated: the estimate that ``applied`` follows
    :param variance: variance of the logarithm of the estimated scale; infinite before the first accepted fit
    :param shift_variance: variance of the shift in 1/m2; infinite before the first accepted fit that has one
    :param inliers: share of inliers in the last accepted fit
    :param pairs: number of pairs in the last accepted fit
    :param age: seconds since the last accepted fit; infinite before the first
    :param stale: whether ``age`` exceeds the timeout
    :param problem: why the last fit was not accepted; empty if it was
    """

    applied: Correction = IDENTITY
    estimated: Correction = IDENTITY
    variance: float = math.inf
    shift_variance: float = math.inf
    inliers: float = 0.0
    pairs: int = 0
    age: float = math.inf
    stale: bool = True
    problem: str = ''


class _Kalman:
    """A Kalman filter of a value that moves in a random walk."""

    def __init__(self, value: float, deviation: float, wander: float):
        self.value, self.variance = value, deviation**2
        self._wander = wander

    def wait(self, seconds: float) -> None:
        self.variance += self._wander**2 * seconds

    def update(self, value: float, variance: float) -> None:
        gain = self.variance / (self.variance + variance)
        self.value += gain * (value - self.value)
        self.variance *= 1 - gain

    def is_near(self, value: float, variance: float, least: float) -> bool:
        return abs(value - self.value) <= max(least, _GATE * math.sqrt(self.variance + variance))


class ScaleFilter:
    """Takes the fit of each frame, or the reason why there is none, and returns the correction to apply."""

    def __init__(self, limits: FilterLimits):
        self._limits = limits
        self.reset()

    def reset(self) -> None:
        """Start over, without a correction."""
        self._forget_estimate()
        self._rejected: list[Fit] = []
        self._accepted: Fit | None = None
        self._accepted_at = self._last = -math.inf
        self._problem = ''
        self._applied = IDENTITY

    def update(self, moment: float, shown: Shown, fit: Fit | None, problem: str = '') -> ScaleState:
        """Advance to the next frame.

        :param moment: the frame's stamp in seconds; if the clock went back, no time has passed
        :param shown: the frame's depths
        :param fit: the frame's fit; None: no new evidence
        :param problem: why evidence gave no fit
        """
        passed = max(0.0, moment - self._last) if math.isfinite(self._last) else 0.0
        self._last = moment
        self._scale.wait(passed)
        self._shift.wait(passed)
        if fit is not None:
            self._problem = self._take(fit)
            if not self._problem:
                if self._accepted is None and self._limits.relative:
                    self._applied = fit.correction
                self._accepted, self._accepted_at = fit, moment
        elif problem:
            self._problem = problem
        if self._accepted is not None:
            self._follow(self._limits.rate * min(passed, _LONGEST), shown)
        return self._state(moment)

    def _take(self, fit: Fit) -> str:
        """Take a fit; return why it is not accepted, or an empty text."""
        scale = fit.correction.scale
        if not (self._limits.relative or self._limits.minimum <= scale <= self._limits.maximum):
            return f'scale {scale:.3g} is outside {self._limits.minimum:g} to {self._limits.maximum:g}'
        if self._accepted is None or self._fits(fit):
            self._rejected.clear()
        else:
            self._rejected = [*self._rejected, fit][-_JUMP:]
            if not self._is_step():
                return f'scale {scale:.3g} is a jump from {math.exp(self._scale.value):.3g}, not yet confirmed'
            self._forget_estimate()
            agreed, self._rejected = self._rejected, []
            for one in agreed:
                self._measure(one)
            return ''
        self._measure(fit)
        return ''

    def _forget_estimate(self) -> None:
        unknown, unknown_shift = _UNITLESS if self._limits.relative else (_UNKNOWN, _UNKNOWN_SHIFT)
        self._scale = _Kalman(0.0, unknown, _WANDER)
        self._shift = _Kalman(0.0, unknown_shift, _SHIFT_WANDER)

    def _measure(self, fit: Fit) -> None:
        self._scale.update(math.log(fit.correction.scale), fit.variance + _UNMODELLED**2)
        self._shift.update(fit.correction.shift, fit.shift_variance + _UNMODELLED_SHIFT**2)

    def _fits(self, fit: Fit) -> bool:
        return self._scale.is_near(
            math.log(fit.correction.scale), fit.variance + _UNMODELLED**2, _LEAST_GATE
        ) and self._shift.is_near(fit.correction.shift, fit.shift_variance + _UNMODELLED_SHIFT**2, _LEAST_SHIFT_GATE)

    def _is_step(self) -> bool:
        """Whether enough rejected fits agree with one another."""
        if len(self._rejected) < _JUMP:
            return False
        scales = [math.log(one.correction.scale) for one in self._rejected]
        shifts = [one.correction.shift for one in self._rejected]
        deviation = math.sqrt(max(one.variance for one in self._rejected) + _UNMODELLED**2)
        return (
            max(scales) - min(scales) <= max(_LEAST_GATE, _GATE * deviation)
            and max(shifts) - min(shifts) <= 2 * _LEAST_SHIFT_GATE
        )

    def _follow(self, limit: float, shown: Shown) -> None:
        """Move the applied correction towards the estimated one; no depth in the frame moves by more than the limit."""
        if limit <= 0:
            return
        target = Correction(math.exp(self._scale.value), self._shift.value)
        moved = self._applied.towards(target, *shown.limits, limit)
        # In most cases it may move all the way, whatever the frame shows.
        self._applied = moved if moved is target else self._applied.towards(target, *shown.ends(self._applied), limit)

    def _state(self, moment: float) -> ScaleState:
        fit = self._accepted
        if fit is None:
            return ScaleState(self._applied, problem=self._problem)
        age = max(0.0, moment - self._accepted_at)
        return ScaleState(
            self._applied,
            Correction(math.exp(self._scale.value), self._shift.value),
            self._scale.variance,
            self._shift.variance,
            fit.inliers,
            fit.pairs,
            age,
            age > self._limits.timeout,
            self._problem,
        )
