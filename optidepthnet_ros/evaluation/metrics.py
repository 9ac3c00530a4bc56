# SPDX-License-Identifier: Apache-2.0
"""The usual metrics of the field, each over the compared pixels of one image.

Depth: Eigen et al., NIPS 2014. Disparity: the KITTI 2015 stereo benchmark, Menze and Geiger, CVPR 2015.
"""

import numpy as np

DEPTH_METRICS = ('abs_rel', 'sq_rel', 'rmse', 'rmse_log', 'delta1', 'delta2', 'delta3')
DISPARITY_METRICS = ('d1', 'epe')
OUTLIER_PIXELS, OUTLIER_SHARE = 3.0, 0.05


def depth_metrics(prediction: np.ndarray, truth: np.ndarray) -> dict[str, float]:
    """Compare depths.

    :param prediction: metres, positive and finite; ``truth``: the same, of the same shape, not empty
    :return: the ``DEPTH_METRICS``; rmse in metres, the deltas as shares (higher is better)
    """
    d, t = prediction.astype(np.float64), truth.astype(np.float64)
    ratio = np.maximum(d / t, t / d)
    return {
        'abs_rel': float(np.mean(np.abs(d - t) / t)),
        'sq_rel': float(np.mean((d - t) ** 2 / t)),
        'rmse': float(np.sqrt(np.mean((d - t) ** 2))),
        'rmse_log': float(np.sqrt(np.mean(np.log(d / t) ** 2))),
        'delta1': float(np.mean(ratio < 1.25)),
        'delta2': float(np.mean(ratio < 1.25**2)),
        'delta3': float(np.mean(ratio < 1.25**3)),
    }


def disparity_metrics(prediction: np.ndarray, truth: np.ndarray) -> dict[str, float]:
    """Compare disparities.

    :param prediction: pixels of the full-size image; ``truth``: the same, positive, of the same shape, not empty
    :return: ``d1``, percent of pixels that are off by more than 3 px and by more than 5 % of the truth, and ``epe``,
        the mean absolute error in pixels
    """
    t = truth.astype(np.float64)
    error = np.abs(prediction - t)
    outlier = (error > OUTLIER_PIXELS) & (error > OUTLIER_SHARE * t)
    return {'d1': 100 * float(np.mean(outlier)), 'epe': float(np.mean(error))}
