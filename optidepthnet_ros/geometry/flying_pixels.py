# SPDX-License-Identifier: Apache-2.0
"""Removes flying pixels: depth between foreground and background, where there is nothing.

Networks blur the edges of objects, and enlarging their output blurs them again. Unprojected, the ramp from near to far
becomes a curtain of points in the air behind every edge.
"""

import math

import numpy as np

_STEP = 3  # rows or columns that are checked as one: networks resolve no finer detail


def remove_flying_pixels(
    depth: np.ndarray, threshold: float, reach: tuple[float, float], farthest: float = math.inf
) -> np.ndarray:
    """Set flying pixels to NaN (unknown), in place.

    On every plane, however slanted, inverse depth is an affine function of pixel position. So the surfaces on both
    sides of a pixel are extrapolated to it, along its row and along its column, each from the two pixels at once and
    at twice the reach. A pixel flies if it lies between the two extrapolations and away from both. A ground plane up
    to the horizon, creases, and objects thinner than the reach stay: they lie on one of the two, or beyond both.

    :param depth: (H, W) float32 metres; infinite is infinitely far, NaN is on no surface
    :param threshold: least distance from both extrapolations, as a share of the pixel's inverse depth
    :param reach: rows and columns over which an edge may be smeared
    :param farthest: metres; pixels that are farther stay, because whatever is there is out of range
    :return: the same array
    """
    rows, columns = (math.ceil(pixels) for pixels in reach)
    with np.errstate(divide='ignore'):
        in_columns, in_rows = 1 / depth[:, ::_STEP], 1 / depth[::_STEP]
    flying_in_columns = _flying(in_columns, threshold, rows * in_columns.shape[1])
    flying_in_columns &= in_columns >= 1 / farthest
    flying_in_rows = _flying(in_rows, threshold, columns)
    flying_in_rows &= in_rows >= 1 / farthest
    flying_in_rows[:, : 2 * columns] = flying_in_rows[:, -2 * columns :] = False  # these reached into other rows
    _mark(depth, flying_in_columns)
    _mark(depth.T, flying_in_rows.T)
    return depth


def _flying(inverse: np.ndarray, threshold: float, step: int) -> np.ndarray:
    """Return which pixels fly between those one and two steps before and after them: boolean, False at both ends.

    :param inverse: (H, W) inverse depth; treated as one row, which is faster in numpy than many rows
    :param step: elements in memory
    """
    flat, flying = inverse.ravel(), np.zeros(inverse.shape, bool)
    # The pixel minus its extrapolation is, on each side, the bend (second difference) one step away on that side. The
    # pixel lies between both extrapolations where the two bends have different signs.
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
    """Set to NaN what flies in columns 0, _STEP, ..., together with the neighbours to the right."""
    for column in range(_STEP):
        part = depth[:, column::_STEP]
        np.copyto(part, np.nan, where=flying[:, : part.shape[1]])
