# SPDX-License-Identifier: Apache-2.0
"""The interface of every teacher, and the record of it."""

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np

from optidepthnet_ros.geometry.camera import Camera


@dataclass(frozen=True)
class TeacherRecord:
    """The record of a teacher in the checkpoint of its student.

    :param name: name for messages and model cards
    :param digest: SHA-256 of its file
    :param licence: licence of its weights, which the student inherits
    """

    name: str
    digest: str
    licence: str

    def __str__(self) -> str:
        return f'{self.name} (SHA-256 {self.digest})'


class Teacher(ABC):
    """A network that predicts inverse depth.

    :ivar record: its identity and licence
    :ivar metric: whether its output is in 1/m; else up to an unknown scale and shift in each image
    """

    record: TeacherRecord
    metric: bool

    @abstractmethod
    def inverse_depth(self, image: np.ndarray, camera: Camera) -> np.ndarray:
        """Return the prediction of the network for an image.

        :param image: uint8 (H, W, 3) BGR or (H, W) gray, rectified
        :param camera: camera of this image
        :return: float32 (h, w), with the same field of view; NaN where unknown
        :raises ValueError: the output of the network is not a depth map
        """
