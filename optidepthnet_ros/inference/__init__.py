# SPDX-License-Identifier: Apache-2.0
"""From an image and its camera to metric depth; also what a program without ROS needs around it."""

from pathlib import Path

from optidepthnet_ros.checkpoints.models import is_onnx, resolve_checkpoint
from optidepthnet_ros.files.calibration_file import read_camera
from optidepthnet_ros.imaging.depth_picture import draw_depth
from optidepthnet_ros.inference.estimator import DepthEstimate, DepthEstimator, Estimator
from optidepthnet_ros.inference.relative import RelativeEstimator

__all__ = [
    'DepthEstimate',
    'DepthEstimator',
    'Estimator',
    'RelativeEstimator',
    'draw_depth',
    'open_estimator',
    'read_camera',
    'resolve_checkpoint',
]


def open_estimator(path: Path, threads: int | None, runtime: str) -> Estimator:
    """Return the estimator for a file: a checkpoint, or a relative ONNX network.

    :raises ValueError: unusable; see :class:`DepthEstimator` and :class:`RelativeEstimator`
    """
    if is_onnx(path):
        return RelativeEstimator(path, threads, runtime)
    return DepthEstimator.from_file(path, threads, runtime)
