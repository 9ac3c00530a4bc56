# SPDX-License-Identifier: Apache-2.0
"""Stereo scenes with one image file per view and pair."""

from pathlib import Path

import numpy as np

from optidepthnet_ros.files.image_file import list_images
from optidepthnet_ros.geometry.camera import StereoRig
from optidepthnet_ros.recordings.scene import DataError, StereoScene
from optidepthnet_ros.recordings.sized_image import read_sized


class ImageFileScene(StereoScene):
    """Pairs of image files, all of the size for which the rig is calibrated.

    :param pairs: left and right file of each pair
    """

    def __init__(self, name: str, rig: StereoRig, pairs: list[tuple[Path, Path]], notes: tuple[str, ...] = ()):
        self.name = name
        self.rig = rig
        self.notes = notes
        self._pairs = pairs

    def __len__(self) -> int:
        return len(self._pairs)

    def read(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        left, right = (read_sized(path, self.rig.camera, gray=True) for path in self._pairs[index])
        return left, right

    def describe(self, index: int) -> str:
        return str(self._pairs[index][0])


def pairs_by_name(left: Path, right: Path) -> tuple[list[tuple[Path, Path]], tuple[str, ...]]:
    """Pair the images of two folders that have the same name, regardless of their suffix.

    :return: pairs in the order of their names, and notes about images without a counterpart
    :raises DataError: there is no pair
    """
    sides = [{path.stem: path for path in list_images(folder)} if folder.is_dir() else {} for folder in (left, right)]
    names = sorted(sides[0].keys() & sides[1].keys())
    if not names:
        raise DataError(f'{left} and {right} have no image name in common')
    alone = sum(map(len, sides)) - 2 * len(names)
    notes = (f'{alone} images have no counterpart with the same name',) if alone else ()
    return [(sides[0][name], sides[1][name]) for name in names], notes
