# SPDX-License-Identifier: Apache-2.0
"""Rectifies images: undistorts, rotates and projects them into a camera without distortion."""

from dataclasses import dataclass

import cv2
import numpy as np

from optidepthnet_ros.geometry.camera import CalibrationError, Camera

# Distortion models of sensor_msgs/distortion_models.hpp, and how many coefficients OpenCV accepts for each.
MODELS = {'plumb_bob': (4, 5), 'rational_polynomial': (8, 12, 14), 'equidistant': (4,)}
_LENSES = (
    'plumb_bob (4 or 5 coefficients, usual lenses), rational_polynomial (8, 12 or 14, wide lenses), equidistant (4, '
    "fisheye lenses: OpenCV's fisheye model, which Kalibr calls pinhole-equi and others Kannala-Brandt)"
)

_LEAST_COSINE = 0.5  # of the angle between the two optical axes
_MOST_UNSEEN = 0.9  # share of an image; if it is larger, the calibration does not belong to this lens


@dataclass(frozen=True)
class Lens:
    """How an image was taken: the camera without its distortion, the distortion, and the rectifying rotation.

    :param rotation: (3, 3), from the camera's frame to the rectified one
    :raises CalibrationError: the model is unknown, the number of coefficients is wrong, a value is not finite, or
        ``rotation`` is not a rotation, or one by more than 60 degrees
    """

    camera: Camera
    model: str
    distortion: np.ndarray
    rotation: np.ndarray

    def __post_init__(self) -> None:
        if np.any(self.distortion) and self.model not in MODELS:
            raise CalibrationError(
                f"distortion model '{self.model}' is not known: recalibrate with one of {_LENSES}, or use rectified "
                'images',
                'unknown distortion',
            )
        if np.any(self.distortion) and len(self.distortion) not in MODELS[self.model]:
            raise CalibrationError(
                f'{len(self.distortion)} distortion coefficients of {self.model}: recalibrate with one of {_LENSES}'
            )
        if not np.all(np.isfinite(self.distortion)):
            raise CalibrationError('a distortion coefficient is not finite: calibrate the camera')
        if not (
            np.allclose(self.rotation @ self.rotation.T, np.eye(3), atol=1e-3) and np.linalg.det(self.rotation) > 0
        ):
            raise CalibrationError('R is not a rotation: calibrate the camera, or use rectified images')
        if not self.rotation[2, 2] > _LEAST_COSINE:
            raise CalibrationError(
                'R turns the camera by more than 60 degrees, out of what it sees: calibrate the camera, or use '
                'rectified images'
            )

    def is_rectified(self, camera: Camera) -> bool:
        """Whether the lens's images need no rectification to be those of ``camera``, to a hundredth of a pixel."""
        difference = np.subtract(_numbers(self.camera), _numbers(camera))
        return (
            not np.any(self.distortion)
            and np.allclose(self.rotation, np.eye(3), atol=1e-6)
            and np.abs(difference).max() < 0.01
        )


class Rectifier:
    """Maps images of a lens to a rectified camera of any size; pixels that the lens did not see are black.

    :ivar unseen: bool (H, W) of the rectified camera, true where the lens saw nothing
    :raises CalibrationError: the lens saw nothing nearly everywhere
    """

    def __init__(self, lens: Lens, camera: Camera):
        arguments = (lens.rotation, _matrix(camera), (camera.width, camera.height), cv2.CV_16SC2)
        self._maps: tuple[np.ndarray, np.ndarray]
        if lens.model == 'equidistant' and np.any(lens.distortion):
            self._maps = cv2.fisheye.initUndistortRectifyMap(_matrix(lens.camera), lens.distortion, *arguments)
        else:
            self._maps = cv2.initUndistortRectifyMap(_matrix(lens.camera), lens.distortion, *arguments)

        self._size = lens.camera.height, lens.camera.width
        self.unseen: np.ndarray = self(np.full(self._size, 255, np.uint8)) < 255
        if self.unseen.mean() > _MOST_UNSEEN:
            raise CalibrationError(
                f'by D, K, R and P, the lens shows nothing in {self.unseen.mean():.0%} of the rectified image: '
                'calibrate the camera'
            )

    def __call__(self, image: np.ndarray) -> np.ndarray:
        """Rectify a uint8 image of the lens's size."""
        return cv2.remap(image, *self._maps, cv2.INTER_LINEAR)

    def nearest(self, values: np.ndarray) -> np.ndarray:
        """Rectify float values of the lens's size, such as depth, by nearest neighbour; NaN where it saw nothing."""
        corners, fractions = self._maps  # the upper left pixel; and fractions in 32nds: column + 32 * row
        columns, rows = corners[..., 0] + ((fractions & 31) >= 16), corners[..., 1] + ((fractions >> 5) >= 16)
        height, width = self._size
        seen = (columns >= 0) & (columns < width) & (rows >= 0) & (rows < height)
        rectified = np.full(columns.shape, np.nan, values.dtype)
        rectified[seen] = values[rows[seen], columns[seen]]
        return rectified


def _numbers(camera: Camera) -> tuple[float, ...]:
    return camera.width, camera.height, camera.fx, camera.fy, camera.cx, camera.cy


def _matrix(camera: Camera) -> np.ndarray:
    return np.array([[camera.fx, 0, camera.cx], [0, camera.fy, camera.cy], [0, 0, 1]])
