# SPDX-License-Identifier: Apache-2.0
"""A folder of frames of one rectified camera, in order, with their calibration, as used by the demonstration."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from optidepthnet_ros.files.calibration_file import read_camera
from optidepthnet_ros.files.image_file import ImageFileError, find_images, read_image
from optidepthnet_ros.geometry.camera import Camera

CAMERA_FILE = 'camera.yaml'


@dataclass(frozen=True)
class Sequence:
    """Frames of one rectified camera, in order.

    :param images: (H, W, 3) uint8 BGR each
    """

    images: list[np.ndarray]
    camera: Camera


def read_sequence(folder: Path) -> Sequence:
    """Read a folder with images, in the order of their names, and their calibration in ``camera.yaml``.

    :raises CalibrationError: no usable calibration
    :raises ImageFileError: no images, an unreadable one, or one of another size than the calibration's
    """
    paths = find_images([folder])
    camera = read_camera(folder / CAMERA_FILE)
    images = [read_image(path) for path in paths]
    for path, image in zip(paths, images):
        if image.shape[:2] != (camera.height, camera.width):
            raise ImageFileError(
                f'{path}: the image is {image.shape[1]}x{image.shape[0]}, but {CAMERA_FILE} beside it '
                f'is for {camera.width}x{camera.height}: calibrate at this image size'
            )
    return Sequence(images, camera)
