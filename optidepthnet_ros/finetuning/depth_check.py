"""Looks at the first images and depth of a recording as a training will see them, so that none is made in vain."""

import numpy as np

from optidepthnet_ros.training.recordings.bag_topics import ImageTopic
from optidepthnet_ros.training.recordings.checks import inspect_scene
from optidepthnet_ros.training.recordings.depth_figures import ENOUGH_FRAMES
from optidepthnet_ros.training.recordings.depth_scene import MEASURED, DepthScene
from optidepthnet_ros.training.recordings.scene import DataError
from optidepthnet_ros.training.recordings.topic_camera import TopicCamera


class DepthCheck(DepthScene):
    """The first frames, rectified from their calibration.

    :param picture: image topic with the calibration that counts
    :param depth: topic with depth that is aligned to the images
    """

    name = 'recording'
    source = MEASURED

    def __init__(self, picture: ImageTopic, depth: ImageTopic):
        self._topics = picture, depth
        self._view: TopicCamera | None = None
        self._frames: list[tuple[np.ndarray, np.ndarray]] = []

    @property
    def is_done(self) -> bool:
        """Whether enough was seen."""
        return len(self._frames) == ENOUGH_FRAMES

    def add_frame(self, image: np.ndarray, depth: np.ndarray) -> None:
        """Take the next frame; the last of them is the one to judge by.

        :param image: uint8 (H, W, 3) BGR or (H, W) gray
        :param depth: float32 (h, w) metres, NaN where unknown
        :raises CalibrationError: camera_info makes no camera
        :raises DataError: depth is empty, mis-scaled or misaligned, by the figure in the message
        """
        if self._view is None:
            height, width = image.shape[:2]
            self._view = TopicCamera(*self._topics, (height, width), (depth.shape[0], depth.shape[1]))
            self.camera = self._view.camera
        self._frames.append(self._view.rectify(image, depth))
        if self.is_done and (problems := inspect_scene(self).problems):
            raise DataError('; '.join(problems))

    def __len__(self) -> int:
        return len(self._frames)

    def read(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        return self._frames[index]

    def describe(self, index: int) -> str:
        return f'{self._topics[0].name}, frame {index}'
