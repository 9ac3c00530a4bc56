# SPDX-License-Identifier: Apache-2.0
"""Ground truth in a folder, one file per frame."""

from abc import abstractmethod
from pathlib import Path

import numpy as np

from optidepthnet_ros.evaluation.ground_truth.frame import Frame, GroundTruth, GroundTruthError
from optidepthnet_ros.files.image_file import image_named
from optidepthnet_ros.geometry.camera import Camera


class FolderTruth(GroundTruth):
    """The name of a frame is that of its file without the suffix.

    :param images: folder with images of the same names
    :param camera: camera of all frames; without it, each kind has its own default
    :param baseline: baseline of all frames in metres
    :raises GroundTruthError: the folder is missing or holds no such file
    """

    suffixes: tuple[str, ...]

    def __init__(
        self, folder: Path, *, images: Path | None = None, camera: Camera | None = None, baseline: float | None = None
    ):
        self._paths = files_by_name(folder, self.suffixes)
        self.names = list(self._paths)
        self._images, self._camera, self._baseline = images, camera, baseline

    def image(self, name: str) -> Path | None:
        return image_named(self._images, name) if self._images else None

    def read(self, name: str) -> Frame:
        path = self._paths[name]
        values = self.read_file(path)
        if not np.isfinite(values).any():
            raise GroundTruthError(f'{path}: no pixel has a ground truth: leave this frame out')
        height, width = values.shape
        try:
            camera = self.camera_of(width, height)
        except ValueError as error:
            raise GroundTruthError(f'{path}: {error}') from None
        if camera and (camera.width, camera.height) != (width, height):
            raise GroundTruthError(
                f'{path}: the ground truth is {width}x{height}, but the camera is {camera.width}x'
                f'{camera.height}: give the calibration for this size'
            )
        return Frame(name, self.to_depth(values, camera), self.image(name), camera, self._baseline)

    @abstractmethod
    def read_file(self, path: Path) -> np.ndarray:
        """Return the values of a file, (H, W) float32, NaN unknown.

        :raises ValueError: unreadable; the message names the file
        """

    def camera_of(self, width: int, height: int) -> Camera | None:
        """Return the camera of a frame of this size, None if none is known.

        :raises ValueError: none is known, but this kind needs one
        """
        return self._camera

    def to_depth(self, values: np.ndarray, camera: Camera | None) -> np.ndarray:
        """Return the values of a file as metres."""
        return values


def files_by_name(folder: Path, suffixes: tuple[str, ...]) -> dict[str, Path]:
    """Return the files with one of these suffixes by their names, sorted.

    :raises GroundTruthError: there is none
    """
    if not folder.is_dir():
        raise GroundTruthError(f'{folder}: no such folder of ground truth')
    paths = sorted(path for path in folder.iterdir() if path.suffix.lower() in suffixes)
    if not paths:
        raise GroundTruthError(f'{folder}: no {" or ".join(suffixes)} ground truth in this folder')
    return {path.stem: path for path in paths}
