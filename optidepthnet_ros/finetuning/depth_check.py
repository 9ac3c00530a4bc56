# SPDX-License-Identifier: Apache-2.0
"""Checks with the first images and depth of a recording whether this RGB-D camera can be used for training."""

import numpy as np

from optidepthnet_ros.finetuning.first_frames import FirstFrames
from optidepthnet_ros.recordings.bag_topics import ImageTopic
from optidepthnet_ros.recordings.depth_figures import ENOUGH_FRAMES
from optidepthnet_ros.recordings.depth_scene import MEASURED, DepthScene
from optidepthnet_ros.recordings.topic_camera import TopicCamera


class DepthCheck(FirstFrames, DepthScene):
    """The first frames, rectified from their calibration.

    :param picture: image topic with the calibration to use
    :param depth: topic with depth that is aligned to the images
    """

    source = MEASURED

    def __init__(self, picture: ImageTopic, depth: ImageTopic):
        super().__init__(picture.name, 'frame', ENOUGH_FRAMES)
        self._topics = picture, depth
        self._view: TopicCamera | None = None

    def add_frame(self, image: np.ndarray, depth: np.ndarray) -> None:
        """Add the next frame; with the last of them, all are judged.

        :param image: uint8 (H, W, 3) BGR or (H, W) gray
        :param depth: float32 (h, w) metres, NaN where unknown
        :raises CalibrationError: camera_info does not describe a usable camera
        :raises DataError: depth is empty, wrongly scaled or misaligned, by the figure in the message
        """
        if self._view is None:
            height, width = image.shape[:2]
            self._view = TopicCamera(*self._topics, (height, width), (depth.shape[0], depth.shape[1]))
            self.camera = self._view.camera
        self._take(self._view.rectify(image, depth))
