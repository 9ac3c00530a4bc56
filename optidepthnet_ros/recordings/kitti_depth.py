# SPDX-License-Identifier: Apache-2.0
"""Depth of the left colour camera of KITTI's raw drives: accumulated laser points of the depth benchmark, or sweeps."""

from pathlib import Path

import numpy as np

from optidepthnet_ros.files.image_file import list_images, read_image
from optidepthnet_ros.files.kitti_calibration import (
    CAM_TO_CAM,
    LEFT,
    VELO_TO_CAM,
    read_colour_rig,
    read_velodyne_projection,
)
from optidepthnet_ros.files.kitti_scan import ScanError, project, read_points
from optidepthnet_ros.geometry.camera import Camera
from optidepthnet_ros.recordings.depth_picture import DepthPictures
from optidepthnet_ros.recordings.depth_scene import MEASURED, DepthScene
from optidepthnet_ros.recordings.scene import DataError

EXPECTED = "KITTI's depth benchmark (DRIVE/proj_depth/groundtruth/image_02) beside its raw recordings"

_ANNOTATED = Path('proj_depth', 'groundtruth', f'image_{LEFT:02}')
_PICTURES = DepthPictures(1 / 256, MEASURED)


class DriveDepth:
    """The known depth of a drive, by the names of its frames.

    Pictures of the depth benchmark (Uhrig et al., 3DV 2017) are used if there are any, else the sweeps of the drive.

    :param annotated: folder with the benchmark's pictures of this drive; None is the drive itself
    """

    def __init__(self, drive: Path, annotated: Path | None = None):
        self._pictures = (annotated or drive) / _ANNOTATED
        self._sweeps = drive / 'velodyne_points' / 'data'
        self._calibration = drive.parent
        self._has_sweeps = self._sweeps.is_dir() and (self._calibration / VELO_TO_CAM).is_file()
        self.note = ''
        if self._pictures.is_dir():
            self.note = f'depth from {self._pictures}'
        elif self._has_sweeps:
            self.note = f'depth from the laser points in {self._sweeps}'

    def knows(self, frame: str) -> bool:
        """Whether there is depth for a frame."""
        return self._picture(frame).is_file() or (self._has_sweeps and self._sweep(frame).is_file())

    def read(self, frame: str, camera: Camera) -> np.ndarray:
        """Return the depth of a frame that has depth, float32 (H, W) metres, NaN where there is no point.

        :param camera: the left colour camera
        :raises DataError: it cannot be read
        """
        if self._picture(frame).is_file():
            return _PICTURES.read(self._picture(frame), camera)
        projection = read_velodyne_projection(self._calibration, LEFT)
        try:
            return project(read_points(self._sweep(frame)), projection, camera.width, camera.height)
        except ScanError as error:
            raise DataError(str(error)) from None

    def _picture(self, frame: str) -> Path:
        return self._pictures / f'{frame}.png'

    def _sweep(self, frame: str) -> Path:
        return self._sweeps / f'{frame}.bin'


class KittiDepthDrive(DepthScene):
    """A drive with the left colour camera only, and depth for its frames.

    :param frames: numbers of the frames to take; None takes all
    :raises DataError: no frame has depth
    :raises optidepthnet_ros.geometry.camera.CalibrationError: no usable calibration
    """

    source = MEASURED

    def __init__(self, drive: Path, depth: DriveDepth, frames: set[int] | None = None):
        self.name = drive.name
        self.camera = read_colour_rig(drive.parent / CAM_TO_CAM).camera
        self._depth = depth
        images = list_images(drive / f'image_{LEFT:02}' / 'data')
        self._images = [path for path in images if depth.knows(path.stem) and is_listed(path, frames)]
        if not self._images:
            raise DataError(
                f'{drive}: none of its {len(images)} images has depth and is in the split file (if one is given)'
            )
        self.notes = (depth.note, f'{len(self._images)} of {len(images)} images are taken')

    def __len__(self) -> int:
        return len(self._images)

    def read(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        path = self._images[index]
        image = read_image(path)
        if image.shape[:2] != (self.camera.height, self.camera.width):
            raise DataError(
                f'{path}: {image.shape[1]}x{image.shape[0]}, but the calibration is for '
                f'{self.camera.width}x{self.camera.height}'
            )
        return image, self._depth.read(path.stem, self.camera)

    def describe(self, index: int) -> str:
        return str(self._images[index])


def find_annotated(root: Path) -> dict[str, Path]:
    """Return the folders with pictures of the depth benchmark, by the name of their drive."""
    for above in ('', '*/', '*/*/'):
        if found := {path.parents[2].name: path.parents[2] for path in root.glob(f'{above}{_ANNOTATED}')}:
            return found
    return {}


def is_listed(image: Path, frames: set[int] | None) -> bool:
    """Whether an image is one of the frames with these numbers; None means all frames."""
    return frames is None or (image.stem.isdecimal() and int(image.stem) in frames)
