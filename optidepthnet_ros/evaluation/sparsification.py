# SPDX-License-Identifier: Apache-2.0
"""Does a doubt know the error? Take the most doubted pixels away, step by step, and see whether the rest is better.

Ilg et al., ECCV 2018, section 4.4. Two curves frame each other: the error as its own doubt (the oracle) falls as fast
as any can, and random order stays level, at the mean of all pixels.
"""

import numpy as np

KEPT = tuple(share / 10 for share in range(10, 0, -1))  # shares of the pixels, in steps of 10 %


def sparsification_curve(error: np.ndarray, doubt: np.ndarray) -> np.ndarray:
    """Return the mean error of the least doubted pixels, for each share in ``KEPT``.

    :param error: (N,) of the compared pixels of one image, not empty
    :param doubt: (N,) in any unit, larger means less certain; pixels of equal doubt leave in their given order
    :return: (len(KEPT),) float64
    """
    ranked = np.cumsum(error[np.argsort(doubt, kind='stable')], dtype=np.float64)
    counts = np.maximum(np.rint(np.multiply(KEPT, error.size)).astype(int), 1)
    return ranked[counts - 1] / counts
