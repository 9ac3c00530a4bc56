"""The depth metrics of Eigen et al., NIPS 2014, as every table since has them."""

import numpy as np

MIN_DEPTH, MAX_DEPTH = 1e-3, 80.0
METRICS = ('abs_rel', 'sq_rel', 'rmse', 'rmse_log', 'delta1', 'delta2', 'delta3')


def depth_metrics(prediction: np.ndarray, truth: np.ndarray, *, max_depth: float = MAX_DEPTH) -> dict[str, float]:
    """Compare one depth map with its ground truth; no median scaling.

    :param prediction: (H, W) metres, clamped to 1e-3..``max_depth``; too far (+Inf) counts as ``max_depth``
    :param truth: (H, W) metres; pixels that are not in 0..``max_depth`` are left out, NaN too
    :return: the ``METRICS``, ``scale_ratio`` (median of truth over median of prediction) and ``coverage``, the
        share of true pixels that were predicted; the metrics are over those
    :raises ValueError: no pixel in common
    """
    with np.errstate(invalid='ignore'):
        known = (truth > 0) & (truth <= max_depth)
    measured = known & ~np.isnan(prediction)
    if not measured.any():
        raise ValueError('no pixel has both a prediction and a ground truth')
    d = np.clip(prediction[measured].astype(np.float64), MIN_DEPTH, max_depth)
    t = truth[measured].astype(np.float64)
    ratio = np.maximum(d / t, t / d)
    return {
        'abs_rel': float(np.mean(np.abs(d - t) / t)),
        'sq_rel': float(np.mean((d - t) ** 2 / t)),
        'rmse': float(np.sqrt(np.mean((d - t) ** 2))),
        'rmse_log': float(np.sqrt(np.mean(np.log(d / t) ** 2))),
        'delta1': float(np.mean(ratio < 1.25)),
        'delta2': float(np.mean(ratio < 1.25 ** 2)),
        'delta3': float(np.mean(ratio < 1.25 ** 3)),
        'scale_ratio': float(np.median(t) / np.median(d)),
        'coverage': float(np.count_nonzero(measured) / np.count_nonzero(known)),
    }


def mean_metrics(rows: list[dict[str, float]]) -> dict[str, float]:
    """Return the mean of each metric over images, each image counting alike."""
    return {name: float(np.mean([row[name] for row in rows])) for name in rows[0]}
