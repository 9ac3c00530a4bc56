# SPDX-License-Identifier: Apache-2.0
"""Cameras and stereo rigs: intrinsics, and how resizing and cropping an image change them. numpy only."""

import math
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike

_SKEW = 1e-3  # of the focal length; a smaller skew moves every pixel by less than one pixel


class CalibrationError(ValueError):
    """Intrinsics from which metres cannot be computed; the message says which value is wrong and what to do.

    :param state: the reason in a word or two, for counting
    """

    def __init__(self, message: str, state: str = 'unusable'):
        super().__init__(message)
        self.state = state


@dataclass(frozen=True)
class Camera:
    """A rectified pinhole camera. All values are in pixels of its own image.

    The pixel (u, v), whose centre has integer coordinates, looks along ((u - cx) / fx,
    (v - cy) / fy, 1) in the optical frame of REP-103: x right, y down, z forward.

    :raises CalibrationError: a size or focal length is not positive and finite, or cx or cy is not finite
    """

    width: int
    height: int
    fx: float
    fy: float
    cx: float
    cy: float

    def __post_init__(self) -> None:
        for name in ('width', 'height', 'fx', 'fy'):
            value = getattr(self, name)
            if not (math.isfinite(value) and value > 0):
                raise CalibrationError(f'{name} is {value}, but must be positive: calibrate the camera')
        for name in ('cx', 'cy'):
            value = getattr(self, name)
            if not math.isfinite(value):
                raise CalibrationError(f'{name} is {value}, but must be finite: calibrate the camera')

    @classmethod
    def from_projection(cls, width: int, height: int, projection: ArrayLike) -> 'Camera':
        """Build from the left 3x3 part of a projection matrix P (3x4 or 12 numbers, row-major).

        :raises CalibrationError: P has the wrong shape, a third row other than 0 0 1, or no focal length
        """
        p = as_projection(projection)
        camera = cls(int(width), int(height), *(float(value) for value in (p[0, 0], p[1, 1], p[0, 2], p[1, 2])))
        check_matrix('P', p)
        return camera

    @property
    def horizontal_fov(self) -> float:
        """Angle between the left and the right image border, in radians."""
        return math.atan((self.cx + 0.5) / self.fx) + math.atan((self.width - 0.5 - self.cx) / self.fx)

    @property
    def vertical_fov(self) -> float:
        """Angle between the upper and the lower image border, in radians."""
        return math.atan((self.cy + 0.5) / self.fy) + math.atan((self.height - 0.5 - self.cy) / self.fy)

    def resized(self, width: int, height: int) -> 'Camera':
        """Return the camera of the same image scaled to another size (pixels are areas, as in cv2.resize)."""
        sx, sy = width / self.width, height / self.height
        return Camera(width, height, self.fx * sx, self.fy * sy, (self.cx + 0.5) * sx - 0.5, (self.cy + 0.5) * sy - 0.5)

    def cropped(self, x: int, y: int, width: int, height: int) -> 'Camera':
        """Return the camera of a window whose upper left pixel is (x, y); the window may reach beyond the image."""
        return replace(self, width=width, height=height, cx=self.cx - x, cy=self.cy - y)

    def binned(self, binning_x: int, binning_y: int) -> 'Camera':
        """Return the camera after sensor binning, by image_geometry's convention (cx / binning)."""
        return Camera(
            self.width // binning_x,
            self.height // binning_y,
            self.fx / binning_x,
            self.fy / binning_y,
            self.cx / binning_x,
            self.cy / binning_y,
        )

    def decimated(self, step: int) -> 'Camera':
        """Return the camera of every ``step``-th row and column of the image, starting with the first."""
        return Camera(
            -(-self.width // step),
            -(-self.height // step),
            self.fx / step,
            self.fy / step,
            self.cx / step,
            self.cy / step,
        )

    def rays(self) -> tuple[np.ndarray, np.ndarray]:
        """Return x/z for each column (W,) and y/z for each row (H,) as read-only float32 arrays."""
        return _rays(self)


@lru_cache(maxsize=16)
def _rays(camera: Camera) -> tuple[np.ndarray, np.ndarray]:
    columns = ((np.arange(camera.width) - camera.cx) / camera.fx).astype(np.float32)
    rows = ((np.arange(camera.height) - camera.cy) / camera.fy).astype(np.float32)
    for rays in (columns, rows):
        rays.flags.writeable = False
    return columns, rows


@dataclass(frozen=True)
class StereoRig:
    """Two rectified cameras with the same intrinsics, the right one ``baseline`` metres along x."""

    camera: Camera
    baseline: float

    def __post_init__(self) -> None:
        if not (math.isfinite(self.baseline) and self.baseline > 0):
            raise CalibrationError(
                f'baseline is {self.baseline} m, but must be positive: it is -P[0,3] / P[0,0] of the right camera, '
                'so check that left and right are not swapped and that P is from a stereo calibration'
            )

    @classmethod
    def from_projections(cls, width: int, height: int, left: ArrayLike, right: ArrayLike) -> 'StereoRig':
        """Build from both projection matrices; the baseline is the difference of their -P[0,3] / P[0,0].

        :raises CalibrationError: a matrix has the wrong shape or no focal length, or there is no baseline
        """
        camera = Camera.from_projection(width, height, left)
        Camera.from_projection(width, height, right)
        p, q = as_projection(left), as_projection(right)
        return cls(camera, float(p[0, 3] / p[0, 0] - q[0, 3] / q[0, 0]))


def check_matrix(name: str, matrix: np.ndarray) -> None:
    """Check that a matrix holds focal lengths in pixels, not a multiple of them, and no skew or rotation.

    :param name: ``'K'`` or ``'P'``
    :raises CalibrationError: its third row does not begin with 0 0 1, or the values next to the focal lengths are not 0
    """
    row = matrix[2, :3]
    if not np.allclose(row, (0, 0, 1), atol=1e-6):
        raise CalibrationError(
            f'the third row of {name} begins with {" ".join(f"{value:g}" for value in row)}, not with 0 0 1: '
            f'divide {name} by its last diagonal element, or calibrate the camera'
        )
    skew = max(abs(matrix[0, 1]), abs(matrix[1, 0]))
    if not skew <= _SKEW * min(matrix[0, 0], matrix[1, 1]):
        raise CalibrationError(
            f'{name} has {matrix[0, 1]:g} and {matrix[1, 0]:g} next to its focal lengths, but must have 0: '
            'calibrate the camera'
        )


def as_projection(values: ArrayLike) -> np.ndarray:
    """Return P as (3, 4) float64.

    :raises CalibrationError: not twelve numbers
    """
    p = np.asarray(values, dtype=np.float64)
    if p.size != 12:
        raise CalibrationError(f'the projection matrix has {p.size} numbers, but needs 12 (3x4)')
    return p.reshape(3, 4)
