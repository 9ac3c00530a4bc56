# SPDX-License-Identifier: Apache-2.0
"""Images of one camera without known depth, as folders: SCENE/rgb/NAME.jpg and camera.yaml; for teachers."""

from pathlib import Path

import numpy as np

from optidepthnet_ros.files.calibration_file import read_camera
from optidepthnet_ros.files.image_file import list_images
from optidepthnet_ros.geometry.camera import Camera
from optidepthnet_ros.recordings.scene import DataError, Scene
from optidepthnet_ros.recordings.sized_image import read_sized


class ImageFolderScene(Scene):
    """One folder.

    :ivar camera: the camera of the images
    :raises DataError: no images
    :raises optidepthnet_ros.geometry.camera.CalibrationError: no usable calibration
    """

    camera: Camera

    def __init__(self, folder: Path):
        folder = folder.resolve()  # scenes are named after it
        self.name = folder.name
        self._files = list_images(folder / 'rgb') if (folder / 'rgb').is_dir() else []
        if not self._files:
            raise DataError(f'{folder}: no images: expected rgb/ with images and camera.yaml')
        self.camera = read_camera(folder / 'camera.yaml')

    def __len__(self) -> int:
        return len(self._files)

    def describe(self, index: int) -> str:
        return str(self._files[index])

    def read(self, index: int) -> np.ndarray:
        """Return an image, uint8 (H, W, 3) BGR or (H, W) gray.

        :raises DataError: it cannot be read
        """
        return read_sized(self._files[index], self.camera)
