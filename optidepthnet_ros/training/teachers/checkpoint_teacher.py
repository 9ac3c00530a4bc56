# SPDX-License-Identifier: Apache-2.0
"""A teacher that is one of our checkpoints."""

from pathlib import Path

import numpy as np

from optidepthnet_ros.geometry.camera import Camera
from optidepthnet_ros.inference import DepthEstimator
from optidepthnet_ros.training.teachers.teacher import Teacher, TeacherRecord


class CheckpointTeacher(Teacher):
    """It gets images as on a robot; its scale is valid for every camera.

    :raises optidepthnet_ros.checkpoints.checkpoint.CheckpointError: it cannot be used
    """

    metric = True

    def __init__(self, path: Path):
        self._estimator = DepthEstimator.from_file(path)
        provenance = self._estimator.checkpoint.provenance
        self.record = TeacherRecord(path.stem, self._estimator.digest, provenance.licence)

    def inverse_depth(self, image: np.ndarray, camera: Camera) -> np.ndarray:
        return np.float32(1) / self._estimator.estimate(image, camera).depth
