# SPDX-License-Identifier: Apache-2.0
"""Reads image files, which must have the size for which their camera was calibrated."""

from pathlib import Path

import numpy as np

from optidepthnet_ros.files.image_file import read_image
from optidepthnet_ros.geometry.camera import Camera
from optidepthnet_ros.recordings.scene import DataError


def read_sized(path: Path, camera: Camera, gray: bool = False) -> np.ndarray:
    """Read an image as :func:`read_image` does.

    :raises DataError: its size is not that of its camera
    """
    image = read_image(path, gray=gray)
    height, width = image.shape[:2]
    if (height, width) != (camera.height, camera.width):
        raise DataError(f'{path}: {width}x{height}, but the calibration is for {camera.width}x{camera.height}')
    return image
