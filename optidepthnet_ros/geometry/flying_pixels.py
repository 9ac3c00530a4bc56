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
    with np.errstate(divide='ignore'):
        by_column, by_row = 1 / depth[:, ::_STEP], 1 / depth[::_STEP]
    rows, columns = (math.ceil(pixels) for pixels in reach)
    _remove_in_columns(depth, by_column, threshold, rows)
    _remove_in_columns(depth.T, by_row.T, threshold, columns)
    return depth


def _remove_in_columns(depth: np.ndarray, inverse: np.ndarray, threshold: float, reach: int) -> None:
    """Mark what flies in columns 0, _STEP, ... unknown, and their neighbours to the right as well.

    :param inverse: of these columns
    """
    if len(depth) <= 4 * reach:
        return
    flying = _flying_in_columns(inverse, threshold, reach)
    depth = depth[2 * reach : -2 * reach]
    for column in range(_STEP):
        part = depth[:, column::_STEP]
        np.copyto(part, np.nan, where=flying[:, : part.shape[1]])


def _flying_in_columns(inverse: np.ndarray, threshold: float, reach: int) -> np.ndarray:
    """Return where pixels fly, looking up and down: boolean, without twice the reach at either border."""
    # A continuation from above falls short of a pixel by the bend, or second difference, one reach above it; one from
    # below by minus that below.
    with np.errstate(invalid='ignore'):
        slope = inverse[reach:] - inverse[:-reach]
        bend = slope[reach:] - slope[:-reach]
    above, below = bend[: -2 * reach], bend[2 * reach :]
    most = np.float32(threshold) * inverse[2 * reach : -2 * reach]
    least = -most
    rising, falling = above > most, above < least
    rising &= below < least
    falling &= below > most
    rising |= falling
    return rising
