# SPDX-License-Identifier: Apache-2.0
"""Whether uncertainty predicts the error: remove the most uncertain pixels step by step, and see if the rest improves.

Ilg et al., ECCV 2018, section 4.4. Two curves are the limits: ranking by the error itself (the oracle) falls fastest,
and random order stays level, at the mean of all pixels.
"""

import numpy as np

KEPT = tuple(share / 10 for share in range(10, 0, -1))  # shares of the pixels, in steps of 10 %


def sparsification_curve(error: np.ndarray, doubt: np.ndarray) -> np.ndarray:
    """Return the mean error of the least uncertain pixels, for each share in ``KEPT``.

    :param error: (N,) errors of the compared pixels of one image, not empty
    :param doubt: (N,) uncertainty in any unit, larger is less certain; pixels with equal values keep their order
    :return: (len(KEPT),) float64
    """
    ranked = np.cumsum(error[np.argsort(doubt, kind='stable')], dtype=np.float64)
    counts = np.maximum(np.rint(np.multiply(KEPT, error.size)).astype(int), 1)
    return ranked[counts - 1] / counts
