# SPDX-License-Identifier: Apache-2.0
"""The mounting of a camera, and its levelled frame.

The levelled frame has its origin at the camera, x horizontally ahead, y to the left and z up (REP-103), whatever the
pitch and roll of the camera.
"""

import math
from dataclasses import dataclass

import numpy as np

# Axes of the optical frame (x right, y down, z ahead) as (x ahead, y left, z up) of a level camera.
_LEVEL_CAMERA = np.array([[0.0, 0.0, 1.0], [-1.0, 0.0, 0.0], [0.0, -1.0, 0.0]])
_STEP, _STEP_HEIGHT = 0.005, 0.01  # radians and metres to which mountings are rounded
_STEEPEST = math.radians(85)  # for a camera that looks straight down, ahead is undefined


@dataclass(frozen=True)
class Mounting:
    """Attitude of a camera, and its height above the ground.

    :param pitch: radians about y (REP-103), positive if the camera looks down
    :param roll: radians about x (REP-103), positive if its right side is lower
    :param height: metres above the ground
    :raises ValueError: a value is not finite, or the camera looks straight up or down
    """

    pitch: float = 0.0
    roll: float = 0.0
    height: float = 0.0

    def __post_init__(self) -> None:
        for name in ('pitch', 'roll', 'height'):
            if not math.isfinite(getattr(self, name)):
                raise ValueError(f'{name} of the camera is {getattr(self, name)}, but must be finite')
        if abs(self.pitch) > _STEEPEST:
            raise ValueError(
                f'pitch of the camera is {math.degrees(self.pitch):.0f} degrees, but must be within '
                f'{math.degrees(_STEEPEST):.0f}: a camera that looks straight up or down sees nothing ahead'
            )

    @classmethod
    def from_up(cls, up: np.ndarray, height: float = 0.0) -> 'Mounting':
        """Return the mounting of a camera in whose optical frame this vector (3,) points up.

        :raises ValueError: the vector has no direction, or see the class
        """
        ahead, left, above = _LEVEL_CAMERA @ np.asarray(up, np.float64)
        if not (length := math.hypot(ahead, left, above)) or not math.isfinite(length):
            raise ValueError(f'the direction up is {up}, but must be a vector of finite length')
        return cls(math.asin(-ahead / length), math.atan2(left, above), float(height))

    @classmethod
    def above(cls, base: np.ndarray) -> 'Mounting':
        """Return the mounting of a camera above a frame on the ground whose z axis points up, rounded.

        :param base: (4, 4) takes points of that frame to the optical frame
        :raises ValueError: the camera is not above it, or see the class
        """
        up = base[:3, 2]
        height = -float(up @ base[:3, 3])
        if not height > 0:
            raise ValueError(f'the camera is {height:.2f} m above the frame, but must be above it')
        return cls.from_up(up, height).rounded()

    def rounded(self) -> 'Mounting':
        """Return it rounded to 0.3 degrees and 1 cm, so that data computed for it stays valid while the robot rocks."""
        pitch, roll = (_STEP * round(angle / _STEP) for angle in (self.pitch, self.roll))
        return Mounting(pitch, roll, _STEP_HEIGHT * round(self.height / _STEP_HEIGHT))

    @property
    def rotation(self) -> np.ndarray:
        """The matrix (3, 3) that turns vectors of the optical frame into the levelled one."""
        sp, cp, sr, cr = math.sin(self.pitch), math.cos(self.pitch), math.sin(self.roll), math.cos(self.roll)
        pitch = np.array([[cp, 0.0, sp], [0.0, 1.0, 0.0], [-sp, 0.0, cp]])
        roll = np.array([[1.0, 0.0, 0.0], [0.0, cr, -sr], [0.0, sr, cr]])
        return pitch @ roll @ _LEVEL_CAMERA
