# SPDX-License-Identifier: Apache-2.0
"""From an image and its camera to metric depth."""

from pathlib import Path

from optidepthnet_ros.checkpoints.models import is_onnx
from optidepthnet_ros.inference.estimator import DepthEstimate, DepthEstimator, Estimator
from optidepthnet_ros.inference.relative import RelativeEstimator

__all__ = ['DepthEstimate', 'DepthEstimator', 'Estimator', 'RelativeEstimator', 'open_estimator']


def open_estimator(path: Path, threads: int | None, runtime: str, output_stride: int) -> Estimator:
    """Return the estimator for a file: a checkpoint, or a relative ONNX network, whose output has one stride.

    :raises ValueError: unusable; see :class:`DepthEstimator` and :class:`RelativeEstimator`
    """
    if is_onnx(path):
        return RelativeEstimator(path, threads, runtime)
    return DepthEstimator.from_file(path, threads, runtime, output_stride)
