# SPDX-License-Identifier: Apache-2.0
"""Fills gaps that stereo matching leaves in near surfaces: dark paint and windows of a car have nothing to match."""

import numpy as np

AGREE = 1.2  # ratio of the disparities on both sides, below which they are of one surface
NEAR = 1 / 15  # 1/m: what is farther is sparse, as leaves are, and is often seen through


def fill_gaps(inverse_depth: np.ndarray) -> np.ndarray:
    """Interpolate along the shorter of row and column, where both of its ends are near and agree.

    What is not labelled is not learned, and what is so near is what a robot hits first.

    :param inverse_depth: (H, W) in 1/m, NaN where matching failed, 0 where it is labelled as far
    :return: the same with gaps filled, NaN where they are left
    """
    row, row_length = _between(inverse_depth)
    column, column_length = (values.T for values in _between(inverse_depth.T))
    filled = np.where(np.isnan(row) | (column_length < row_length) & ~np.isnan(column), column, row)
    return np.where(np.isnan(inverse_depth), filled, inverse_depth).astype(inverse_depth.dtype)


def _between(inverse_depth: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return for each pixel the value between its known neighbours in the row, or NaN, and how far these are apart."""
    known = inverse_depth > 0
    width = inverse_depth.shape[1]
    columns = np.broadcast_to(np.arange(width), inverse_depth.shape)
    before = np.maximum.accumulate(np.where(known, columns, 0), axis=1)
    after = np.minimum.accumulate(np.where(known, columns, width - 1)[:, ::-1], axis=1)[:, ::-1]
    first, last = (np.take_along_axis(inverse_depth, end, axis=1) for end in (before, after))
    # An end that is unknown, at the border, agrees with nothing: neither comparison holds for NaN.
    one_surface = (first < AGREE * last) & (last < AGREE * first) & (np.minimum(first, last) > NEAR)
    length = after - before
    share = (columns - before) / np.maximum(length, 1)
    return np.where(one_surface, (1 - share) * first + share * last, np.nan), length
