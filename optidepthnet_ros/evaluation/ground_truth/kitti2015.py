# SPDX-License-Identifier: Apache-2.0
"""KITTI 2015 (and 2012): disparity maps of the stereo benchmark, such as disp_noc_0 or disp_occ_0."""

from pathlib import Path

import numpy as np

from optidepthnet_ros.evaluation.ground_truth.folder import FolderTruth
from optidepthnet_ros.evaluation.ground_truth.frame import GroundTruthError
from optidepthnet_ros.evaluation.ground_truth.kitti_camera import BASELINE, kitti_camera
from optidepthnet_ros.files.depth_file import read_picture
from optidepthnet_ros.geometry.camera import Camera


class Kitti2015Truth(FolderTruth):
    """Disparities in pixels; converted to metres with the KITTI camera of this image width, or with a given rig.

    :param images: default: image_2/ beside the folder
    """

    kind = 'KITTI 2015 disparity'
    suffixes = ('.png',)

    def __init__(
        self, folder: Path, *, images: Path | None = None, camera: Camera | None = None, baseline: float | None = None
    ):
        if camera and not baseline:
            raise GroundTruthError(
                f'{folder}: with --camera, disparity also needs the baseline of this camera: give --baseline'
            )
        beside = folder.parent / 'image_2'
        super().__init__(
            folder, images=images or (beside if beside.is_dir() else None), camera=camera, baseline=baseline or BASELINE
        )

    def read_file(self, path: Path) -> np.ndarray:
        return read_picture(path)

    def camera_of(self, width: int, height: int) -> Camera:
        return self._camera or kitti_camera(width, height)

    def to_depth(self, values: np.ndarray, camera: Camera | None) -> np.ndarray:
        assert camera is not None and self._baseline is not None  # by camera_of, and in __init__
        return np.float32(camera.fx * self._baseline) / values
