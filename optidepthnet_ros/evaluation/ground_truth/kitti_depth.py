# SPDX-License-Identifier: Apache-2.0
"""KITTI's depth benchmark: pictures of accumulated laser points (Uhrig et al., 3DV 2017), uint16 = 256 times metres."""

from pathlib import Path

import numpy as np

from optidepthnet_ros.evaluation.ground_truth.folder import FolderTruth
from optidepthnet_ros.evaluation.ground_truth.kitti_camera import FOCAL_LENGTHS, kitti_camera
from optidepthnet_ros.files.depth_file import read_picture
from optidepthnet_ros.geometry.camera import Camera


class KittiDepthTruth(FolderTruth):
    """Depth in metres; by default the KITTI camera of this image width. Cropped frames need a given camera."""

    kind = 'KITTI depth'
    suffixes = ('.png',)

    def read_file(self, path: Path) -> np.ndarray:
        return read_picture(path)

    def camera_of(self, width: int, height: int) -> Camera | None:
        return self._camera or (kitti_camera(width, height) if width in FOCAL_LENGTHS else None)
