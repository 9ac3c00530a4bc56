# SPDX-License-Identifier: Apache-2.0
"""Fits relative inverse depth to known depth: a scale and a shift for each image, robust against outliers.

Ranftl et al. (MiDaS, TPAMI 2022) define relative inverse depth up to these two. Random pairs of points propose them;
the proposal with the smallest truncated error (MSAC; Torr and Zisserman, 2000) is refitted with Tukey's weights. Errors
are relative to the known inverse depth, so that near and far count equally.
"""

from dataclasses import dataclass

import numpy as np

TOLERANCE = 0.2  # of the known inverse depth; points with a larger error are outliers
FEWEST_POINTS = 200
LEAST_SPREAD = 2.0  # ratio of the percentiles 5 and 95 of known depth: one depth cannot separate scale from shift
FEWEST_INLIERS = 0.5  # share of the points
BETTER_THAN_CONSTANT = 0.75  # maximum error, as a share of the error of one depth for the whole image
BEYOND = 1.5  # times the fitted range of depth; farther out, a small error in shift is a large error in depth
POINTS, PROPOSALS, REFITS = 2000, 300, 8


class NoFit(ValueError):
    """The known depth does not support the teacher; the message is the reason, and reasons are counted by it."""


class NoSupport(NoFit):
    """Hardly any depth is known, so it does not contradict the teacher either."""


@dataclass(frozen=True)
class Fit:
    """Inverse depth in 1/m is ``scale`` times relative inverse depth plus ``shift``.

    :param error: median of |log(fitted / known)|
    :param farthest: 1/m: the smallest inverse depth for which the fit is valid; ``nearest`` is the largest
    """

    scale: float
    shift: float
    error: float
    farthest: float
    nearest: float

    def __call__(self, relative: np.ndarray) -> np.ndarray:
        """Return inverse depth in 1/m, NaN outside the range in which the fit is valid."""
        inverse = np.float32(self.scale) * relative + np.float32(self.shift)
        return np.where((inverse >= self.farthest) & (inverse <= self.nearest), inverse, np.float32(np.nan))


def fit(relative: np.ndarray, known: np.ndarray) -> Fit:
    """Fit a scale and a shift.

    :param relative: (h, w) relative inverse depth, NaN unknown
    :param known: (h, w) inverse depth in 1/m, NaN unknown, 0 farther than can be measured, which is not fitted
    :raises NoSupport: too few points
    :raises NoFit: the spread is too small, or the two do not agree
    """
    used = np.isfinite(relative) & (known > 0)
    x, y = relative[used].astype(np.float64), known[used].astype(np.float64)
    if len(y) < FEWEST_POINTS:
        raise NoSupport('too few points of known depth')
    if _spread(y) < LEAST_SPREAD:
        raise NoFit('too small a spread of known depth')
    random = np.random.default_rng(0)
    if len(y) > POINTS:
        chosen = random.choice(len(y), POINTS, replace=False)
        x, y = x[chosen], y[chosen]
    scale, shift = _refitted(x, y, *_best_proposal(x, y, random))
    inliers = np.abs(scale * x + shift - y) < TOLERANCE * y
    if not scale > 0 or inliers.mean() < FEWEST_INLIERS:
        raise NoFit('too few inliers')
    if _spread(y[inliers]) < LEAST_SPREAD:
        raise NoFit('inliers of too small a spread')
    error = _median_error(scale * x + shift, y)
    if error > BETTER_THAN_CONSTANT * _median_error(np.full_like(y, np.median(y)), y):
        raise NoFit('no better than one depth for the whole image')
    farthest, nearest = np.percentile(y[inliers], (1, 99))
    return Fit(float(scale), float(shift), error, farthest / BEYOND, nearest * BEYOND)


def _spread(inverse: np.ndarray) -> float:
    far, near = np.percentile(inverse, (5, 95))
    return float(near / far)


def _best_proposal(x: np.ndarray, y: np.ndarray, random: np.random.Generator) -> tuple[float, float]:
    first, second = random.integers(len(x), size=(2, PROPOSALS))
    with np.errstate(divide='ignore', invalid='ignore'):
        scales = (y[second] - y[first]) / (x[second] - x[first])
    usable = np.isfinite(scales) & (scales > 0)
    if not usable.any():
        raise NoFit('too few inliers')
    scales = scales[usable, np.newaxis]
    shifts = y[first[usable], np.newaxis] - scales * x[first[usable], np.newaxis]
    errors = np.abs(scales * x + shifts - y) / (TOLERANCE * y)
    best = np.square(np.minimum(errors, 1)).mean(1).argmin()
    return scales[best, 0], shifts[best, 0]


def _refitted(x: np.ndarray, y: np.ndarray, scale: float, shift: float) -> tuple[float, float]:
    design = np.column_stack([x, np.ones_like(x)])
    for _ in range(REFITS):
        error = (scale * x + shift - y) / y
        # The square root of Tukey's weight, which falls to zero at twice the tolerance.
        weight = np.clip(1 - np.square(error / (2 * TOLERANCE)), 0, None) / y
        scale, shift = np.linalg.lstsq(design * weight[:, np.newaxis], y * weight, rcond=None)[0]
    return scale, shift


def _median_error(inverse: np.ndarray, known: np.ndarray) -> float:
    return float(np.median(np.abs(np.log(np.maximum(inverse, 1e-9) / known))))
