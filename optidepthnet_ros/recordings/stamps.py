# SPDX-License-Identifier: Apache-2.0
"""Pairs messages of two topics by their stamps."""

import numpy as np


def match_stamps(left: np.ndarray, right: np.ndarray, tolerance: int) -> list[tuple[int, int]]:
    """Pair stamps of both sides that are each other's nearest stamp.

    :param left: (N,) int64 nanoseconds, ascending
    :param right: (M,) int64, ascending
    :param tolerance: nanoseconds by which a pair may differ
    :return: positions in ``left`` and ``right``, ascending
    """
    if not (len(left) and len(right)):
        return []
    to_right, to_left = _nearest(right, left), _nearest(left, right)
    return [(i, int(j)) for i, j in enumerate(to_right) if to_left[j] == i and abs(left[i] - right[j]) <= tolerance]


def _nearest(choices: np.ndarray, stamps: np.ndarray) -> np.ndarray:
    """Return the position of the choice nearest to each stamp."""
    if len(choices) == 1:
        return np.zeros(len(stamps), int)
    after = np.searchsorted(choices, stamps).clip(1, len(choices) - 1)
    return after - (stamps - choices[after - 1] <= choices[after] - stamps)
