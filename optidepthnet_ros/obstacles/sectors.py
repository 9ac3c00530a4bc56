# SPDX-License-Identifier: Apache-2.0
"""Directions around a robot, divided into equal sectors."""

import math
from dataclasses import dataclass

import numpy as np

from optidepthnet_ros.geometry.camera import Camera

_SLACK = 1e-6  # of a sector, against rounding


@dataclass(frozen=True)
class Sectors:
    """Equal sectors of a circle, counted anticlockwise seen from above (REP-103).

    :param first: radians from straight ahead to the middle of the first sector
    :param width: width of each sector in radians, positive
    :param number: number of sectors
    """

    first: float
    width: float
    number: int

    @classmethod
    def of_camera(cls, camera: Camera, width: float) -> 'Sectors':
        """Return the sectors of this width that cover what a level camera sees; one of them is centred ahead."""
        right = math.atan((camera.width - 0.5 - camera.cx) / camera.fx)
        left = math.atan((camera.cx + 0.5) / camera.fx)
        before, after = (math.ceil(angle / width - 0.5 - _SLACK) for angle in (right, left))
        return cls(-before * width, width, before + after + 1)

    @classmethod
    def around(cls, number: int, camera_yaw: float = 0.0) -> 'Sectors':
        """Return the sectors of a whole circle, the first of them straight ahead of the vehicle.

        :param camera_yaw: radians from straight ahead to the camera's direction, positive to the left
        """
        return cls(-camera_yaw, 2 * math.pi / number, number)

    def index(self, angles: np.ndarray) -> np.ndarray:
        """Return the index of the sector that each angle (radians) is in, -1 if in none."""
        turn = 2 * math.pi / self.width
        index = np.floor(np.mod((angles - self.first) / self.width + 0.5, turn)).astype(np.int32)
        return np.where(index < self.number, index, -1)

    def angles(self) -> np.ndarray:
        """Return the middle of each sector in radians, (number,)."""
        return self.first + self.width * np.arange(self.number)
