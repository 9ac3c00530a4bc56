"""Which part of a live image the network looks at, so that it never sees a wider or narrower view than in training."""

import math
from dataclasses import dataclass

import cv2
import numpy as np

from optidepthnet_ros.checkpoints.provenance import Provenance
from optidepthnet_ros.geometry.camera import CalibrationError, Camera

_LARGEST = 4  # times the image's width or height that is looked at


@dataclass(frozen=True)
class View:
    """A window of the live image, centred; it may reach beyond the image.

    Cut where the image sees wider than training did: what lies outside is unknown. Padded where it sees narrower.
    """

    image_camera: Camera
    x: int
    y: int
    width: int
    height: int

    @classmethod
    def of(cls, camera: Camera, provenance: Provenance) -> 'View':
        """Choose the window of ``camera`` whose angles are nearest to its own and within the trained ones.

        :raises CalibrationError: the camera sees so narrow, or nothing at all, that next to no pixels would be real
        """
        width = _within(camera.width, camera.fx, provenance.horizontal_fov)
        height = _within(camera.height, camera.fy, provenance.vertical_fov)
        if not (0 < width <= _LARGEST * camera.width and 0 < height <= _LARGEST * camera.height):
            raise CalibrationError(
                f'a {camera.width}x{camera.height} image with focal length {camera.fx:g}, {camera.fy:g} px is nothing '
                'like what the model was trained on: check camera_info, or take a model for such a camera',
                'field of view',
            )
        return cls(camera, (camera.width - width) // 2, (camera.height - height) // 2, width, height)

    @property
    def camera(self) -> Camera:
        """The camera of the window."""
        return self.image_camera.cropped(self.x, self.y, self.width, self.height)

    @property
    def is_whole_image(self) -> bool:
        """Whether nothing is cut or padded."""
        return (self.width, self.height) == (self.image_camera.width, self.image_camera.height)

    def cut(self, image: np.ndarray) -> np.ndarray:
        """Return the window of an image (H, W[, C]); what lies beyond mirrors it."""
        if self.is_whole_image:
            return image
        rows, columns = self.overlap()
        inside = image[rows, columns]
        top, left = max(-self.y, 0), max(-self.x, 0)
        return cv2.copyMakeBorder(
            inside,
            top,
            self.height - inside.shape[0] - top,
            left,
            self.width - inside.shape[1] - left,
            cv2.BORDER_REFLECT,
        )

    def paste(self, values: np.ndarray, outside: float = np.nan) -> np.ndarray:
        """Return the window's values (height, width) in place in the image, ``outside`` where it does not reach."""
        if self.is_whole_image:
            return values
        whole = np.full((self.image_camera.height, self.image_camera.width), outside, np.float32)
        rows, columns = self.overlap()
        whole[rows, columns] = values[
            rows.start - self.y : rows.stop - self.y, columns.start - self.x : columns.stop - self.x
        ]
        return whole

    def overlap(self) -> tuple[slice, slice]:
        """Return the rows and columns of the image that the window covers."""
        return (
            slice(max(self.y, 0), min(self.y + self.height, self.image_camera.height)),
            slice(max(self.x, 0), min(self.x + self.width, self.image_camera.width)),
        )


def _within(size, focal_length, fov_range):
    narrowest, widest = (2 * focal_length * math.tan(math.radians(angle) / 2) for angle in fov_range)
    return round(min(max(size, narrowest), widest))
