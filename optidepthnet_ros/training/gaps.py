# SPDX-License-Identifier: Apache-2.0
"""Fills gaps of stereo matching in near surfaces: dark paint and windows of a car have no texture to match."""

import numpy as np

AGREE = 1.2  # ratio of the disparities on both sides, below which they belong to one surface
NEAR = 1 / 15  # 1/m; farther surfaces are often sparse, like foliage, so that the background shows through


def fill_gaps(inverse_depth: np.ndarray) -> np.ndarray:
    """Interpolate along the row or the column, whichever gap is shorter, where both of its ends are near and agree.

    Pixels without a label are not learned, and a robot hits such near surfaces first.

    :param inverse_depth: (H, W) in 1/m, NaN where matching failed, 0 where it is labelled as far
    :return: the same with gaps filled, NaN where gaps remain
    """
    row, row_length = _between(inverse_depth)
    column, column_length = (values.T for values in _between(inverse_depth.T))
    filled = np.where(np.isnan(row) | (column_length < row_length) & ~np.isnan(column), column, row)
    return np.where(np.isnan(inverse_depth), filled, inverse_depth).astype(inverse_depth.dtype)


def _between(inverse_depth: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return for each pixel the value between its known neighbours in the row, or NaN, and their distance."""
    known = inverse_depth > 0
    width = inverse_depth.shape[1]
    columns = np.broadcast_to(np.arange(width), inverse_depth.shape)
    before = np.maximum.accumulate(np.where(known, columns, 0), axis=1)
    after = np.minimum.accumulate(np.where(known, columns, width - 1)[:, ::-1], axis=1)[:, ::-1]
    first, last = (np.take_along_axis(inverse_depth, end, axis=1) for end in (before, after))
    # An unknown end, at the border, never agrees: both comparisons are false for NaN.
    one_surface = (first < AGREE * last) & (last < AGREE * first) & (np.minimum(first, last) > NEAR)
    length = after - before
    share = (columns - before) / np.maximum(length, 1)
    return np.where(one_surface, (1 - share) * first + share * last, np.nan), length
