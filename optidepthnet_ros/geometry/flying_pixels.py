# SPDX-License-Identifier: Apache-2.0
"""Removes flying pixels: depth halfway between foreground and background, where nothing is.

Networks blur the edges of things, and enlarging their output does so again; unprojected, the ramp from near to far is
a curtain of points that hang in the air behind every edge.
"""

import math

import numpy as np

_STEP = 3  # rows, or columns, that are searched as one: networks resolve no more


def remove_flying_pixels(depth: np.ndarray, threshold: float, reach: tuple[float, float]) -> np.ndarray:
    """Mark flying pixels unknown (NaN), in place.

    Inverse depth is an affine function of pixel position on every plane, however slanted. So the surfaces on both
    sides of a pixel are continued to it, along its row and along its column, each through the two pixels at once and
    twice the reach. It flies when it lies between the two continuations and off both. A ground plane up to the
    horizon, creases, and things thinner than the reach stay: these lie on one of the two, or beyond both.

    :param depth: (H, W) float32 metres; infinite is infinitely far, NaN is on no surface
    :param threshold: how far off, as a share of its inverse depth
    :param reach: rows and columns over which an edge may be smeared
    :return: the same array
    """
    rows, columns = (math.ceil(pixels) for pixels in reach)
    with np.errstate(divide='ignore'):
        in_columns, in_rows = 1 / depth[:, ::_STEP], 1 / depth[::_STEP]
    flying_in_columns = _flying(in_columns, threshold, rows * in_columns.shape[1])
    flying_in_rows = _flying(in_rows, threshold, columns)
    flying_in_rows[:, : 2 * columns] = flying_in_rows[:, -2 * columns :] = False  # those saw other rows
    _mark(depth, flying_in_columns)
    _mark(depth.T, flying_in_rows.T)
    return depth


def _flying(inverse: np.ndarray, threshold: float, step: int) -> np.ndarray:
    """Return which pixels fly between those one and two steps before and behind them: boolean, False at both ends.

    :param inverse: (H, W) inverse depth; taken as one row, which numpy runs through faster than through many
    :param step: elements in memory
    """
    flat, flying = inverse.ravel(), np.zeros(inverse.shape, bool)
    # A continuation from before falls short of a pixel by the bend, or second difference, one step before it; one from
    # behind by minus that behind. The pixel lies between both where these have different signs.
    with np.errstate(invalid='ignore'):
        slope = flat[step:] - flat[:-step]
        bend = slope[step:] - slope[:-step]
    rises, size = bend > 0, np.abs(bend, out=bend)
    inner = slice(2 * step, -2 * step)
    off_both = np.minimum(size[: -2 * step], size[2 * step :])
    inside = np.greater(off_both, flat[inner] * np.float32(threshold), out=flying.ravel()[inner])
    inside &= rises[: -2 * step] ^ rises[2 * step :]
    return flying


def _mark(depth: np.ndarray, flying: np.ndarray) -> None:
    """Mark unknown what flies in columns 0, _STEP, ..., and the neighbours to the right as well."""
    for column in range(_STEP):
        part = depth[:, column::_STEP]
        np.copyto(part, np.nan, where=flying[:, : part.shape[1]])
