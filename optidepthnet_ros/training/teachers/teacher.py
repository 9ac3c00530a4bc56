# SPDX-License-Identifier: Apache-2.0
"""What every teacher is, and what is remembered of it."""

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np

from optidepthnet_ros.geometry.camera import Camera


@dataclass(frozen=True)
class TeacherRecord:
    """What the pupil's checkpoint says of its teacher.

    :param name: for messages and model cards
    :param digest: SHA-256 of its file
    :param licence: of its weights, which the pupil inherits
    """

    name: str
    digest: str
    licence: str

    def __str__(self) -> str:
        return f'{self.name} (SHA-256 {self.digest})'


class Teacher(ABC):
    """A network that answers with inverse depth.

    :ivar record: what it is
    :ivar metric: whether its answers are in 1/m; else they are so after an unknown scale and shift in each image
    """

    record: TeacherRecord
    metric: bool

    @abstractmethod
    def inverse_depth(self, image: np.ndarray, camera: Camera) -> np.ndarray:
        """Return what the network says of an image.

        :param image: uint8 (H, W, 3) BGR or (H, W) gray, rectified
        :param camera: of this image
        :return: float32 (h, w), of the same field of view; NaN where unknown
        :raises ValueError: the network's answer is no map of depth
        """
