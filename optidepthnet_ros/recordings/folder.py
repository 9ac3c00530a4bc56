# SPDX-License-Identifier: Apache-2.0
"""Stereo scenes as folders: SCENE/{left,right}/NAME.jpg with ROS calibration files SCENE/{left,right}.yaml.

Some also have depth of the left view: SCENE/left_depth/NAME.png with left_depth.yaml.
"""

from pathlib import Path

import numpy as np

from optidepthnet_ros.files.calibration_file import read_stereo_rig
from optidepthnet_ros.recordings.depth_picture import read_description
from optidepthnet_ros.recordings.image_files import ImageFileScene, pairs_by_name
from optidepthnet_ros.recordings.scene import DataError

EXPECTED = 'left/ and right/ with images, left.yaml and right.yaml, or folders that hold these'


class FolderScene(ImageFileScene):
    """One scene folder.

    :raises DataError: no pairs, or a left_depth.yaml that does not say what depth means
    :raises optidepthnet_ros.geometry.camera.CalibrationError: no usable calibration
    """

    def __init__(self, folder: Path):
        rig = read_stereo_rig(folder / 'left.yaml', folder / 'right.yaml')
        super().__init__(folder.name, rig, *pairs_by_name(folder / 'left', folder / 'right'))
        self._depths = folder / 'left_depth'
        self._pictures = read_description(folder / 'left_depth.yaml') if self._depths.is_dir() else None

    def left_depth(self, index: int) -> tuple[np.ndarray, str] | None:
        path = self._depths / f'{self._pairs[index][0].stem}.png'
        if not (self._pictures and path.is_file()):
            return None
        return self._pictures.read(path, self.camera), self._pictures.source


def find_folders(root: Path) -> list[Path]:
    """Return ``root`` if it is a scene, or the scenes directly below it."""
    return [root] if (root / 'left').is_dir() else sorted(path.parent for path in root.glob('*/left'))


def folder_scenes(root: Path) -> list[FolderScene]:
    """Return the scene at ``root``, or the scenes directly below it.

    :raises DataError: there is none
    """
    folders = find_folders(root)
    if not folders:
        raise DataError(f'{root}: no scene here: expected {EXPECTED}')
    return [FolderScene(folder) for folder in folders]
