# SPDX-License-Identifier: Apache-2.0
"""Depth scenes as folders: SCENE/rgb/NAME.jpg, SCENE/depth/NAME.png, camera.yaml and depth.yaml."""

from pathlib import Path

from optidepthnet_ros.files.calibration_file import read_camera
from optidepthnet_ros.recordings.depth_files import DepthFileScene
from optidepthnet_ros.recordings.depth_picture import read_description
from optidepthnet_ros.recordings.image_files import pairs_by_name

EXPECTED = 'rgb/ and depth/ with images, camera.yaml and depth.yaml, or folders that hold these'


class DepthFolderScene(DepthFileScene):
    """One scene folder.

    :raises DataError: no frames, or a depth.yaml that does not say what depth means
    :raises optidepthnet_ros.geometry.camera.CalibrationError: no usable calibration
    """

    def __init__(self, folder: Path):
        frames, notes = pairs_by_name(folder / 'rgb', folder / 'depth')
        camera = read_camera(folder / 'camera.yaml')
        super().__init__(folder.name, camera, read_description(folder / 'depth.yaml'), frames, notes)


def find_depth_folders(root: Path) -> list[Path]:
    """Return ``root`` if it is a scene, or the scenes directly below it."""
    if _is_scene(root):
        return [root]
    return sorted(filter(_is_scene, root.iterdir())) if root.is_dir() else []


def _is_scene(folder: Path) -> bool:
    # TUM recordings have these folders too, but also lists of their files.
    return (folder / 'rgb').is_dir() and (folder / 'depth').is_dir() and not (folder / 'rgb.txt').is_file()
