# SPDX-License-Identifier: Apache-2.0
"""Stereo matches of training pairs, computed once and kept on disk."""

from pathlib import Path

import cv2
import numpy as np

from optidepthnet_ros.files.atomic import replacing
from optidepthnet_ros.files.image_file import save_image
from optidepthnet_ros.imaging.stereo_matching import match
from optidepthnet_ros.recordings.scene import StereoScene

UNITS_PER_PIXEL = 64


class ProxyCache:
    """Matches as 16-bit images, left above right, in 1/64 pixel, 0 for unknown; several processes may share it."""

    def __init__(self, folder: Path):
        self._folder = folder

    def read(self, scene: StereoScene, index: int) -> tuple[np.ndarray, np.ndarray]:
        """Return left and right disparity of a pair, (H, W) float32 pixels, NaN where unknown."""
        path = self._folder / scene.name / f'{scene.number(index):06d}.png'
        stored = cv2.imread(str(path), cv2.IMREAD_UNCHANGED) if path.exists() else None
        if stored is None:
            stored = self._compute(path, scene, index)
        disparity = np.where(stored > 0, stored / np.float32(UNITS_PER_PIXEL), np.float32(np.nan))
        left, right = np.split(disparity, 2)
        return left, right

    @staticmethod
    def _compute(path: Path, scene: StereoScene, index: int) -> np.ndarray:
        disparities = match(*scene.read(index))
        stored = np.concatenate([np.nan_to_num(view * UNITS_PER_PIXEL) for view in disparities]).astype(np.uint16)
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path) as temporary:
            save_image(temporary, stored)
        return stored
