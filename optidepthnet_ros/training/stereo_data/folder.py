"""Stereo scenes as folders: SCENE/{left,right}/NAME.jpg with ROS calibration files SCENE/{left,right}.yaml."""

from pathlib import Path

from optidepthnet_ros.calibration_file import read_stereo_rig
from optidepthnet_ros.image_file import list_images, read_image
from optidepthnet_ros.training.stereo_data.scene import DataError, StereoScene


class FolderScene(StereoScene):
    """One scene folder.

    :raises DataError: no pairs
    :raises optidepthnet_ros.camera.CalibrationError: no usable calibration
    """

    def __init__(self, folder: Path):
        self.name = folder.name
        self.rig = read_stereo_rig(folder / 'left.yaml', folder / 'right.yaml')
        self._pairs = [(left, folder / 'right' / left.name) for left in list_images(folder / 'left')
                       if (folder / 'right' / left.name).exists()]
        if not self._pairs:
            raise DataError(f'{folder}: left/ and right/ have no image name in common')

    def __len__(self):
        return len(self._pairs)

    def read(self, index):
        return tuple(self._read_image(path) for path in self._pairs[index])

    def describe(self, index):
        return str(self._pairs[index][0])

    def _read_image(self, path):
        image = read_image(path, gray=True)
        expected = (self.rig.camera.height, self.rig.camera.width)
        if image.shape != expected:
            raise DataError(f'{path}: {image.shape[1]}x{image.shape[0]}, but the calibration is of '
                            f'{expected[1]}x{expected[0]}')
        return image


def folder_scenes(root: Path) -> list[FolderScene]:
    """Return the scene ``root`` is, or the scenes directly below it.

    :raises DataError: there is none
    """
    folders = [root] if (root / 'left').is_dir() else sorted(path.parent for path in root.glob('*/left'))
    if not folders:
        raise DataError(f'{root}: no scene here: expected left/, right/, left.yaml and right.yaml, '
                        'or folders that hold these')
    return [FolderScene(folder) for folder in folders]
