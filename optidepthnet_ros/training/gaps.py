"""Fills gaps that stereo matching leaves in near surfaces: dark paint and windows of a car have nothing to match."""

import numpy as np

AGREE = 1.2  # ratio of the disparities on both sides, below which they are of one surface
NEAR = 0.02  # of the width: what is farther is sparse, as leaves are, and is often seen through


def fill_gaps(disparity: np.ndarray) -> np.ndarray:
    """Interpolate along the shorter of row and column, where both of its ends are near and agree.

    What is not labelled is not learned, and what is so near is what a robot hits first.

    :param disparity: (H, W) as fractions of the width, NaN where matching failed, 0 where it is labelled as far
    :return: the same with gaps filled, NaN where they are left
    """
    row, row_length = _between(disparity)
    column, column_length = (values.T for values in _between(disparity.T))
    filled = np.where(np.isnan(row) | (column_length < row_length) & ~np.isnan(column), column, row)
    return np.where(np.isnan(disparity), filled, disparity).astype(disparity.dtype)


def _between(disparity):
    """Return for each pixel the value between its known neighbours in the row, or NaN, and how far these are apart."""
    known = disparity > 0
    width = disparity.shape[1]
    columns = np.broadcast_to(np.arange(width), disparity.shape)
    before = np.maximum.accumulate(np.where(known, columns, 0), axis=1)
    after = np.minimum.accumulate(np.where(known, columns, width - 1)[:, ::-1], axis=1)[:, ::-1]
    first, last = (np.take_along_axis(disparity, end, axis=1) for end in (before, after))
    # An end that is unknown, at the border, agrees with nothing: neither comparison holds for NaN.
    one_surface = (first < AGREE * last) & (last < AGREE * first) & (np.minimum(first, last) > NEAR)
    length = after - before
    share = (columns - before) / np.maximum(length, 1)
    return np.where(one_surface, (1 - share) * first + share * last, np.nan), length
