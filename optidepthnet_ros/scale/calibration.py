# SPDX-License-Identifier: Apache-2.0
"""One constant correction, from many frames or from hand-measured distances, and its uncertainty."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from optidepthnet_ros.scale.correction import Correction
from optidepthnet_ros.scale.evidence import Evidence
from optidepthnet_ros.scale.fit import UnsupportedFitError, fit_correction, log_ratio

MINIMUM = 5  # units
WIDEST = 1.5  # upper over lower end of the scale's interval
_BLOCKS = 10
_RESAMPLED = 300
_FAILED = 0.05  # share of resamplings
_PAIRS = 1000  # of all units together
_INTERVAL = 0.025, 0.975
_RNG = 0


@dataclass(frozen=True)
class Calibration:
    """A correction and its 95 % intervals.

    :param scale_interval: interval of the scale
    :param shift_interval: interval of the shift, in 1/m
    :param inliers: share of inliers among the pairs
    :param units: number of frames, or of measured points
    :param evidence: the pairs that were fitted, equally many of each unit
    :param doubt: why the evidence does not support the correction; empty if it does
    """

    correction: Correction
    scale_interval: tuple[float, float]
    shift_interval: tuple[float, float]
    inliers: float
    units: int
    evidence: Evidence
    doubt: str


def calibrate(units: Sequence[Evidence]) -> Calibration:
    """Fit one correction to all evidence, every unit with the same weight.

    The errors of the pixels of a frame are correlated, and so are those of successive frames. Therefore the intervals
    come from resampling at most ten blocks of successive units. A shift whose interval includes 0 is dropped.

    :param units: one for each frame, or for each hand-measured point, in the order of recording
    :raises UnsupportedFitError: fewer than :data:`MINIMUM` units have evidence, or the evidence contradicts itself
    """
    units = [unit for unit in units if len(unit)]
    if len(units) < MINIMUM:
        raise UnsupportedFitError(f'{len(units)} frames or points with evidence, {MINIMUM} needed')
    units = [unit.thinned(max(1, _PAIRS // len(units))) for unit in units]
    evidence = _joined(units)
    fit = fit_correction(evidence)
    found = _resampled(units, may_shift=fit.correction.shift != 0)
    if fit.correction.shift and _interval(found, 1)[0] <= 0 <= _interval(found, 1)[1]:
        fit, found = fit_correction(replace(evidence, may_shift=False)), _resampled(units, may_shift=False)
    scales = _interval(found, 0)
    doubt = _doubt(evidence, fit.correction, scales, failed=1 - len(found) / _RESAMPLED)
    return Calibration(fit.correction, scales, _interval(found, 1), fit.inliers, len(units), evidence, doubt)


def depth_ratio(evidence: Evidence, correction: Correction) -> np.ndarray:
    """Return corrected over measured depth (N,), infinite where the shift leaves no positive inverse depth."""
    return np.exp(log_ratio(evidence, correction))


def median_error(evidence: Evidence, correction: Correction) -> float:
    """Return the median of |log(corrected / measured depth)|."""
    return float(np.median(np.abs(log_ratio(evidence, correction))))


def _doubt(evidence: Evidence, correction: Correction, scales: tuple[float, float], failed: float) -> str:
    low, high = scales
    if failed > _FAILED:
        return f'parts of the evidence contradict one another: {failed:.0%} of the resamplings gave no fit'
    if high > WIDEST * low:
        return f'the scale is only known to be {low:.3g} to {high:.3g}: measure more, at other places and distances'
    if correction.shift == 0 and low <= 1 <= high:
        return f'the interval of the scale, {low:.3g} to {high:.3g}, includes 1: no error of the metres is proven'
    if median_error(evidence, correction) >= median_error(evidence, Correction()):
        return 'the correction does not reduce the median error'
    return ''


def _resampled(units: Sequence[Evidence], may_shift: bool) -> list[tuple[float, float]]:
    """Return scale and shift of each resampling that gave a fit."""
    rng = np.random.default_rng(_RNG)
    edges = np.linspace(0, len(units), min(_BLOCKS, len(units)) + 1).round().astype(int)
    blocks = [_joined(units[start:end]) for start, end in pairwise(edges)]
    found = []
    for _ in range(_RESAMPLED):
        drawn = _joined([blocks[number] for number in rng.integers(0, len(blocks), len(blocks))])
        try:
            correction = fit_correction(replace(drawn, may_shift=may_shift)).correction
        except UnsupportedFitError:
            continue
        found.append((correction.scale, correction.shift))
    return found


def _joined(units: Sequence[Evidence]) -> Evidence:
    return Evidence(
        np.concatenate([unit.predicted for unit in units]),
        np.concatenate([unit.measured for unit in units]),
        MINIMUM,
        all(unit.may_shift for unit in units),
    )


def _interval(found: list[tuple[float, float]], which: int) -> tuple[float, float]:
    if not found:
        return 0.0, math.inf
    low, high = np.quantile([one[which] for one in found], _INTERVAL)
    return float(low), float(high)
