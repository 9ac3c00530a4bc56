# SPDX-License-Identifier: Apache-2.0
"""Which pixels are compared, and how a prediction is prepared: cap, crop, median scaling."""

from dataclasses import dataclass

import numpy as np

from optidepthnet_ros.evaluation.crops import crop_mask
from optidepthnet_ros.evaluation.ground_truth.frame import Frame
from optidepthnet_ros.evaluation.metrics import DEPTH_METRICS, DISPARITY_METRICS, depth_metrics, disparity_metrics

MIN_DEPTH = 1e-3  # metres; nearer predictions are clipped to this, as in Eigen et al.
METRICS = (*DEPTH_METRICS, *DISPARITY_METRICS, 'scale_ratio', 'coverage')


@dataclass(frozen=True)
class Protocol:
    """How a table is made.

    :param max_depth: metres; farther truth is left out of the depth metrics, farther predictions are clipped to this
    :param crop: one of ``crops.CROPS``
    :param median_scaling: multiply each prediction by its scale ratio, for systems without metric scale
    :raises ValueError: the maximum is not finite or not above the minimum
    """

    max_depth: float = 80.0
    crop: str = 'none'
    median_scaling: bool = False

    def __post_init__(self) -> None:
        if not MIN_DEPTH < self.max_depth < np.inf:
            raise ValueError(f'the largest depth is {self.max_depth} m, but must be finite and above {MIN_DEPTH} m')

    def __str__(self) -> str:
        scaling = 'each prediction scaled to the median of its truth' if self.median_scaling else 'no median scaling'
        crop = 'no crop' if self.crop == 'none' else f'{self.crop} crop'
        return f'{scaling}, depth up to {self.max_depth:g} m, {crop}'

    def compared(self, truth: np.ndarray) -> np.ndarray:
        """Return where depth is compared, given a prediction: boolean (H, W)."""
        with np.errstate(invalid='ignore'):
            return (truth > 0) & (truth <= self.max_depth) & crop_mask(self.crop, truth.shape)

    def prepare(self, prediction: np.ndarray, truth: np.ndarray) -> np.ndarray:
        """Return the prediction (H, W) with NaN where it is unknown, scaled if requested; no limits applied."""
        scale = self.scale_ratio(prediction, truth) if self.median_scaling else 1.0
        return np.where(_is_known(prediction), scale * prediction, np.nan)

    def limit(self, depth: np.ndarray) -> np.ndarray:
        """Return depth clipped to the range from ``MIN_DEPTH`` to ``max_depth``."""
        return np.clip(depth, MIN_DEPTH, self.max_depth)

    def scale_ratio(self, prediction: np.ndarray, truth: np.ndarray) -> float:
        """Return the median of the truth over the median of the prediction, where both are known.

        :raises ValueError: no pixel has both
        """
        both = self.compared(truth) & _is_known(prediction)
        if not both.any():
            raise ValueError('no pixel has both a prediction and a ground truth within the crop and the depth limit')
        finite = np.where(np.isinf(prediction[both]), self.max_depth, prediction[both])
        return float(np.median(truth[both]) / np.median(finite))

    def measure(self, prediction: np.ndarray, frame: Frame) -> dict[str, float]:
        """Compare one prediction with the truth of its frame.

        :param prediction: (H, W) metres, of the size of the truth; +Inf is too far and counts as ``max_depth``; NaN,
            -Inf (too near to measure) and values that are not positive are unknown
        :return: the ``METRICS``; without ``d1`` and ``epe`` if the rig of the frame is not known. ``coverage`` is the
            share of the truth that was predicted. The other metrics only count these pixels, so lower coverage makes
            them easier. ``d1`` and ``epe`` have no depth limit: +Inf has disparity 0
        :raises ValueError: no pixel in common
        """
        truth, prepared = frame.depth, self.prepare(prediction, frame.depth)
        known, compared = ~np.isnan(prepared), self.compared(truth)
        ratio = self.scale_ratio(prediction, truth)
        both = known & compared
        metrics = depth_metrics(self.limit(prepared[both]), truth[both])
        if frame.disparity_scale is not None:
            everywhere = known & np.isfinite(truth) & crop_mask(self.crop, truth.shape)
            metrics |= disparity_metrics(
                frame.disparity_scale / prepared[everywhere], frame.disparity_scale / truth[everywhere]
            )
        coverage = np.count_nonzero(both) / np.count_nonzero(compared)
        return metrics | {'scale_ratio': ratio, 'coverage': coverage}


def _is_known(prediction: np.ndarray) -> np.ndarray:
    with np.errstate(invalid='ignore'):
        return prediction > 0
