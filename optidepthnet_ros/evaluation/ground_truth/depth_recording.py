"""Depth recordings as they are trained on: scene folders with images, depth pictures and both calibrations."""

from pathlib import Path

import cv2
import numpy as np

from optidepthnet_ros.evaluation.ground_truth.frame import Frame, GroundTruth, GroundTruthError
from optidepthnet_ros.training.recordings.depth_folder import DepthFolderScene, find_depth_folders
from optidepthnet_ros.training.recordings.scene import DataError


class DepthRecordingTruth(GroundTruth):
    """Frames of one scene, or of all scenes below a folder; a frame is called SCENE_NUMBER.

    Each scene has its own camera, so neither images nor calibration are given.

    :raises GroundTruthError: no scene here, or one that cannot be used
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
            image, depth = scene.read(index)
        except DataError as error:
            raise GroundTruthError(str(error)) from None
        height, width = image.shape[:2]
        if depth.shape != (height, width):
            depth = cv2.resize(depth, (width, height), interpolation=cv2.INTER_NEAREST)
        depth = np.where(np.isfinite(depth), depth, np.float32(np.nan))
        if not np.isfinite(depth).any():
            raise GroundTruthError(f'{scene.describe(index)}: no pixel has depth: leave this frame out')
        return Frame(name, depth, self.image(name), scene.camera)
