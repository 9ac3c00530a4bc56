# SPDX-License-Identifier: Apache-2.0
"""Depth scenes with one image file and one depth file per frame."""

from pathlib import Path

import numpy as np

from optidepthnet_ros.geometry.camera import Camera
from optidepthnet_ros.recordings.depth_picture import DepthPictures
from optidepthnet_ros.recordings.depth_scene import DepthScene
from optidepthnet_ros.recordings.sized_image import read_sized


class DepthFileScene(DepthScene):
    """Image files of the camera's size, each with a depth picture.

    :param frames: image and depth file of each frame
    """

    def __init__(
        self,
        name: str,
        camera: Camera,
        pictures: DepthPictures,
        frames: list[tuple[Path, Path]],
        notes: tuple[str, ...] = (),
    ):
        self.name = name
        self.camera = camera
        self.source = pictures.source
        self.notes = notes
        self._pictures = pictures
        self._frames = frames

    def __len__(self) -> int:
        return len(self._frames)

    def read(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        image_path, depth_path = self._frames[index]
        return read_sized(image_path, self.camera), self._pictures.read(depth_path, self.camera)

    def describe(self, index: int) -> str:
        return str(self._frames[index][0])
