# SPDX-License-Identifier: Apache-2.0
"""Looks at the first pairs of a recording: whether such a stereo rig can teach."""

import numpy as np

from optidepthnet_ros.finetuning.first_frames import FirstFrames
from optidepthnet_ros.recordings.bag_topics import ImageTopic
from optidepthnet_ros.recordings.scene import DataError, StereoScene
from optidepthnet_ros.recordings.topic_rig import TopicRig

PAIRS = 3  # whose points are judged together


class RigCheck(FirstFrames, StereoScene):
    """The first pairs, rectified from their calibration.

    :param left: image topic with the calibration that counts
    """

    def __init__(self, left: ImageTopic, right: ImageTopic):
        super().__init__(left.name, 'pair', PAIRS)
        self._topics = left, right
        self._views: TopicRig | None = None

    def add_pair(self, left: np.ndarray, right: np.ndarray) -> None:
        """Take the next pair, uint8 (H, W); the last of them is the one to judge by.

        :raises CalibrationError: camera_info makes no rig
        :raises DataError: sides are swapped, or rows misaligned, by the offset in the message
        """
        if left.shape != right.shape:
            raise DataError(
                f'{self._topics[0].name} has images of {left.shape[1]}x{left.shape[0]}, '
                f'{self._topics[1].name} of {right.shape[1]}x{right.shape[0]}: record both at one size'
            )
        if self._views is None:
            self._views = TopicRig(*self._topics, left.shape[1], left.shape[0])
            self.rig = self._views.rig
        self._take(self._views.rectify(left, right))
