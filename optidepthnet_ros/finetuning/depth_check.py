# SPDX-License-Identifier: Apache-2.0
"""Looks at the first images and depth of a recording: whether such an RGB-D camera can teach."""

import numpy as np

from optidepthnet_ros.finetuning.first_frames import FirstFrames
from optidepthnet_ros.recordings.bag_topics import ImageTopic
from optidepthnet_ros.recordings.depth_figures import ENOUGH_FRAMES
from optidepthnet_ros.recordings.depth_scene import MEASURED, DepthScene
from optidepthnet_ros.recordings.topic_camera import TopicCamera


class DepthCheck(FirstFrames, DepthScene):
    """The first frames, rectified from their calibration.

    :param picture: image topic with the calibration that counts
    :param depth: topic with depth that is aligned to the images
    """

    source = MEASURED

    def __init__(self, picture: ImageTopic, depth: ImageTopic):
        super().__init__(picture.name, 'frame', ENOUGH_FRAMES)
        self._topics = picture, depth
        self._view: TopicCamera | None = None

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
        self._take(self._view.rectify(image, depth))
