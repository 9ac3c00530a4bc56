# SPDX-License-Identifier: Apache-2.0
"""The robust fit of one frame's evidence.

The error of predicted depth is proportional to the depth, so residuals are differences of the logarithms of inverse
depth. The scale alone is fitted first, from the densest window of log ratios: this is RANSAC with every pair as a
hypothesis. A refit with Tukey's weights follows. If the evidence supports a shift, it is added by RANSAC over pairs of
pairs and another refit.
"""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from optidepthnet_ros.scale.correction import Correction
from optidepthnet_ros.scale.evidence import MOST, Evidence

TOLERANCE = 0.3  # of log inverse depth: pairs with a larger residual are outliers
MINIMUM_SHARE = 0.35  # of inliers: with fewer, the evidence contradicts itself
# The support that a shift needs.
SPREAD = 2.0  # the 90 % quantile of the inliers' predicted inverse depth over the 10 % quantile
SIGNIFICANCE = 3.0  # standard deviations by which the shift must differ from 0
GAIN = 0.9  # most that may be left of the mean squared residual without shift
# What a relative network needs.
RELATIVE_SHARE = 0.5  # of inliers
RELATIVE_GAIN = 0.75  # most that may be left of the median error of one depth for the whole image

_INDEPENDENT = 50  # pairs, at most: a network makes the same error over whole surfaces
_SINGLE = 0.15  # standard deviation of a log ratio, assumed where there are too few pairs to estimate it
_EXACT = 1e-3  # smallest standard deviation that is used
_TUKEY = 4.685
_STEPS = 8
_CONVERGED = 1e-3  # of log scale, and of the shift in 1/m: far below a network's error
_HYPOTHESES = 50
_SAMPLE = 100  # pairs that hypotheses are compared on
_RNG = 0


class UnsupportedFitError(ValueError):
    """The evidence does not support a correction; the message says why."""


@dataclass(frozen=True)
class Fit:
    """The correction that fits the evidence of one frame.

    :param variance: variance of the logarithm of the scale
    :param shift_variance: variance of the shift, in 1/m^2; 0 if the evidence did not support a shift
    :param inliers: share of the pairs within :data:`TOLERANCE`
    :param pairs: number of pairs that were fitted
    """

    correction: Correction
    variance: float
    shift_variance: float
    inliers: float
    pairs: int


def fit_correction(evidence: Evidence) -> Fit:
    """Fit the scale, and a shift if the evidence supports one.

    It does if the inliers' inverse depth spreads by :data:`SPREAD`, the shift differs from 0 by :data:`SIGNIFICANCE`
    standard deviations, and the mean squared residual falls to at most :data:`GAIN` of the one without a shift. The
    same evidence always gives the same fit.

    :raises UnsupportedFitError: too few pairs, or too few of them agree
    """
    pairs = len(evidence)
    if pairs < evidence.minimum:
        raise UnsupportedFitError(f'{pairs} pairs, {evidence.minimum} needed')
    evidence = evidence.thinned(MOST)
    logarithm = np.log(evidence.measured / evidence.predicted)
    centre = _densest(logarithm)
    share = np.count_nonzero(np.abs(logarithm - centre) <= TOLERANCE) / len(logarithm)
    if share < MINIMUM_SHARE:
        raise UnsupportedFitError(f'the evidence contradicts itself: {share:.0%} agree, {MINIMUM_SHARE:.0%} needed')
    scale_alone = _refit_scale(logarithm, centre)
    without = logarithm - math.log(scale_alone.scale)
    if evidence.may_shift and pairs >= 2 * evidence.minimum:
        start = _consensus(evidence, scale_alone)
        with_shift = None if start is None else _with_shift(evidence, start)
        if with_shift is not None and _is_supported(evidence, without, *with_shift):
            return with_shift[0]
    return _fit_of(scale_alone, without, None)


def fit_relative(evidence: Evidence) -> Fit:
    """Fit scale and shift to the output of a relative network, which has no meaning without both.

    Two free parameters always fit some part of the evidence. Therefore half of the pairs must agree, their measured
    values must spread by :data:`SPREAD`, and the error must be well below that of one depth for the whole image.

    :param evidence: its ``may_shift`` is ignored
    :raises UnsupportedFitError: one of these conditions does not hold, or there are too few pairs
    """
    pairs = len(evidence)
    if pairs < 2 * evidence.minimum:
        raise UnsupportedFitError(f'{pairs} pairs, {2 * evidence.minimum} needed for scale and shift')
    evidence = evidence.thinned(MOST)
    start = _consensus(evidence)
    found = None if start is None else _with_shift(evidence, start)
    if found is None:
        raise UnsupportedFitError('the evidence does not distinguish a scale from a shift')
    fit, residual = found
    if fit.inliers < RELATIVE_SHARE:
        raise UnsupportedFitError(
            f'the evidence does not fit the network: {fit.inliers:.0%} agree, {RELATIVE_SHARE:.0%} needed'
        )
    logarithm = np.log(evidence.measured)
    low, high = _tenths(logarithm[np.abs(residual) <= TOLERANCE])
    if high - low < math.log(SPREAD):
        raise UnsupportedFitError(
            f'the distances that agree spread by {math.exp(high - low):.2f} to 1, {SPREAD:g} to 1 needed'
        )
    if np.median(np.abs(residual)) > RELATIVE_GAIN * np.median(np.abs(logarithm - np.median(logarithm))):
        raise UnsupportedFitError('the network is hardly better than a single depth for the whole image')
    return fit


def _densest(values: np.ndarray) -> float:
    """Return the median of the window, twice the tolerance wide, that holds the most values."""
    ordered = values.copy()
    ordered.sort()
    ends = ordered.searchsorted(ordered + 2 * TOLERANCE, side='right')
    start = int((ends - np.arange(len(ordered))).argmax())
    window = ordered[start : ends[start]]
    middle = len(window) // 2
    return float(window[middle] + window[-middle - 1]) / 2


def _refit_scale(logarithm: np.ndarray, centre: float) -> Correction:
    for _ in range(_STEPS):
        weights = _tukey(logarithm - centre)
        before, centre = centre, float(weights @ logarithm / weights.sum())
        if abs(centre - before) < _CONVERGED:
            break
    return Correction(math.exp(centre))


def _tukey(residual: np.ndarray) -> np.ndarray:
    """Return Tukey's biweights, scaled by the deviation of the inliers."""
    weights = residual / (_TUKEY * _deviation(residual))
    np.square(weights, out=weights)
    np.subtract(1, weights, out=weights)
    np.maximum(weights, 0, out=weights)
    np.square(weights, out=weights)
    return weights


def _deviation(residual: np.ndarray) -> float:
    absolute = np.abs(residual)
    inlying = absolute[absolute <= TOLERANCE]
    if not len(inlying):
        return TOLERANCE
    # A partition gives the median without the overhead of np.median.
    middle = len(inlying) // 2
    inlying.partition(middle)
    return max(_EXACT, 1.4826 * float(inlying[middle]))


def log_ratio(evidence: Evidence, correction: Correction) -> np.ndarray:
    """Return log(measured / corrected inverse depth); infinite where the shift leaves no positive inverse depth."""
    return _log_ratio(evidence.measured, correction.inverse_depth(evidence.predicted))


def _log_ratio(measured: np.ndarray, inverse: np.ndarray) -> np.ndarray:
    if inverse.min(initial=math.inf) > 0:
        return np.log(measured / inverse)
    with np.errstate(divide='ignore', invalid='ignore'):
        return np.where(inverse > 0, np.log(measured / inverse), np.inf)


def _with_shift(evidence: Evidence, correction: Correction) -> tuple[Fit, np.ndarray] | None:
    """Return the fit of scale and shift with its residuals; None: all evidence has the same distance.

    :param correction: the starting point
    """
    for _ in range(_STEPS):
        inverse = correction.inverse_depth(evidence.predicted)
        residual = _log_ratio(evidence.measured, inverse)
        normal, (of_scale, of_shift) = _normal_equations(inverse, correction.shift, residual)
        a, b, c = normal
        determinant = a * c - b * b
        if determinant < 1e-12 * a * c:  # all of one distance
            return None
        log_scale, shift = (c * of_scale - b * of_shift) / determinant, (a * of_shift - b * of_scale) / determinant
        if max(abs(log_scale), abs(shift)) < _CONVERGED:
            break
        if abs(log_scale) > 1:
            return None
        correction = Correction(correction.scale * math.exp(log_scale), correction.shift + shift)
    return _fit_of(correction, residual, normal), residual


def _consensus(evidence: Evidence, *others: Correction) -> Correction | None:
    """Return the best of the hypotheses: lines through two random pairs each, and ``others``; None: there is none."""
    chosen, first, second = _drawn(len(evidence))
    d, m = evidence.predicted[chosen], evidence.measured[chosen]
    with np.errstate(divide='ignore', invalid='ignore'):
        scales = (m[first] - m[second]) / (d[first] - d[second])
    usable = (scales > 0) & (scales < np.inf)
    scales = scales[usable]
    shifts = m[first][usable] - scales * d[first][usable]
    if others:
        scales = np.concatenate((scales, [one.scale for one in others]))
        shifts = np.concatenate((shifts, [one.shift for one in others]))
    if not len(scales):
        return None
    off = scales[:, np.newaxis] * (d / m)
    off += shifts[:, np.newaxis] * (1 / m)
    off -= 1
    # Truncated squares: of two hypotheses with equally many inliers, the closer one wins.
    np.square(off, out=off)
    best = int(np.minimum(off, TOLERANCE**2, out=off).sum(axis=1).argmin())
    return Correction(float(scales[best]), float(shifts[best]))


@lru_cache(maxsize=8)
def _drawn(pairs: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return which of ``pairs`` the hypotheses are compared on, and which two of these define each hypothesis."""
    rng = np.random.default_rng(_RNG)
    chosen = rng.choice(pairs, _SAMPLE, replace=False) if pairs > _SAMPLE else np.arange(pairs)
    first, second = rng.integers(0, len(chosen), (2, _HYPOTHESES))
    return chosen, first, second


def _normal_equations(
    inverse: np.ndarray, shift: float, residual: np.ndarray
) -> tuple[tuple[float, float, float], tuple[float, float]]:
    """Return the normal equations of a Gauss-Newton step in log scale and shift, with Tukey's weights.

    :param inverse: (N,) corrected inverse depth
    :return: the symmetric matrix (scale-scale, scale-shift, shift-shift) and the right-hand side
    """
    if math.isinf(residual.max()):
        known = np.isfinite(residual)
        residual, inverse = residual[known], inverse[known]
    by_shift = 1 / inverse
    by_scale = 1 - shift * by_shift
    weights = _tukey(residual)
    of_scale, of_shift = weights * by_scale, weights * by_shift
    matrix = float(of_scale @ by_scale), float(of_scale @ by_shift), float(of_shift @ by_shift)
    return matrix, (float(of_scale @ residual), float(of_shift @ residual))


def _fit_of(correction: Correction, residual: np.ndarray, normal: tuple[float, float, float] | None) -> Fit:
    """Return the fit with its variances, which count at most :data:`_INDEPENDENT` pairs as independent.

    :param normal: matrix of :func:`_normal_equations`; None: scale alone
    """
    number = max(1, int(np.count_nonzero(np.abs(residual) <= TOLERANCE)))
    independent = min(number, _INDEPENDENT)
    spread = _deviation(residual) if number >= _INDEPENDENT // 5 else _SINGLE
    variance, shift_variance = spread**2 / independent, 0.0
    if normal is not None:
        a, b, c = normal
        factor = spread**2 * number / independent / (a * c - b * b)
        variance, shift_variance = factor * c, factor * a
    return Fit(correction, variance, shift_variance, number / len(residual), len(residual))


def _is_supported(evidence: Evidence, without: np.ndarray, fit: Fit, residual: np.ndarray) -> bool:
    """Whether the evidence supports the shift.

    :param without: (N,) residuals of the scale alone
    :param residual: (N,) residuals of the fit
    """
    if abs(fit.correction.shift) < SIGNIFICANCE * math.sqrt(fit.shift_variance):
        return False
    if _cost(residual) > GAIN * _cost(without):
        return False
    inlying = evidence.predicted[np.abs(residual) <= TOLERANCE]
    if len(inlying) < 2 * evidence.minimum:
        return False
    low, high = _tenths(inlying)
    return high >= SPREAD * low


def _tenths(values: np.ndarray) -> tuple[float, float]:
    """Return the 10 % and the 90 % quantile, without the overhead of np.quantile."""
    last = len(values) - 1
    low, high = np.interp((0.1 * last, 0.9 * last), np.arange(last + 1), np.sort(values))
    return float(low), float(high)


def _cost(residual: np.ndarray) -> float:
    off = np.minimum(np.abs(residual), TOLERANCE)
    return float(off @ off)
