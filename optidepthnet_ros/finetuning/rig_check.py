# SPDX-License-Identifier: Apache-2.0
"""Checks with the first pairs of a recording whether this stereo rig can be used for training."""

import numpy as np

from optidepthnet_ros.finetuning.first_frames import FirstFrames
from optidepthnet_ros.recordings.bag_topics import ImageTopic
from optidepthnet_ros.recordings.scene import DataError, StereoScene
from optidepthnet_ros.recordings.topic_rig import TopicRig

PAIRS = 3  # whose points are judged together


class RigCheck(FirstFrames, StereoScene):
    """The first pairs, rectified from their calibration.

    :param left: image topic with the calibration to use
    """

    def __init__(self, left: ImageTopic, right: ImageTopic):
        super().__init__(left.name, 'pair', PAIRS)
        self._topics = left, right
        self._views: TopicRig | None = None

    def add_pair(self, left: np.ndarray, right: np.ndarray) -> None:
        """Add the next pair, uint8 (H, W); with the last of them, all are judged.

        :raises CalibrationError: camera_info does not describe a usable rig
        :raises DataError: sides are swapped, or rows misaligned, by the offset in the message
        """
        if left.shape != right.shape:
            raise DataError(
                f'{self._topics[0].name} has images of {left.shape[1]}x{left.shape[0]}, '
                f'{self._topics[1].name} of {right.shape[1]}x{right.shape[0]}: record both at the same size'
            )
        if self._views is None:
            self._views = TopicRig(*self._topics, left.shape[1], left.shape[0])
            self.rig = self._views.rig
        self._take(self._views.rectify(left, right))
