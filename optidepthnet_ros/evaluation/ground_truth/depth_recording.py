# SPDX-License-Identifier: Apache-2.0
"""Depth recordings in the form used for training: scene folders with images, depth pictures and both YAML files."""

from pathlib import Path

import numpy as np

from optidepthnet_ros.evaluation.ground_truth.frame import Frame, GroundTruth, GroundTruthError
from optidepthnet_ros.recordings.depth_folder import DepthFolderScene, find_depth_folders
from optidepthnet_ros.recordings.depth_scene import at_image_size
from optidepthnet_ros.recordings.scene import DataError


class DepthRecordingTruth(GroundTruth):
    """Frames of one scene, or of all scenes below a folder; a frame is named SCENE_NUMBER.

    Each scene has its own images and camera, so neither images nor calibration are given.

    :raises GroundTruthError: there is no scene, or one that cannot be used
    """

    kind = 'depth recording'

    def __init__(self, folder: Path):
        try:
            scenes = [DepthFolderScene(path) for path in find_depth_folders(folder)]
        except (DataError, ValueError) as error:
            raise GroundTruthError(str(error)) from None
        self._frames = {
            f'{scene.name}_{scene.number(index):06d}': (scene, index) for scene in scenes for index in range(len(scene))
        }
        if not self._frames:
            raise GroundTruthError(f'{folder}: no depth recording: expected rgb/, depth/, camera.yaml and depth.yaml')
        self.names = list(self._frames)

    def image(self, name: str) -> Path | None:
        scene, index = self._frames[name]
        return Path(scene.describe(index))

    def read(self, name: str) -> Frame:
        scene, index = self._frames[name]
        try:
            _, depth = scene.read(index)
        except DataError as error:
            raise GroundTruthError(str(error)) from None
        depth = at_image_size(depth, scene.camera)
        depth = np.where(np.isfinite(depth), depth, np.float32(np.nan))
        if not np.isfinite(depth).any():
            raise GroundTruthError(f'{scene.describe(index)}: no pixel has depth: leave this frame out')
        return Frame(name, depth, self.image(name), scene.camera)
