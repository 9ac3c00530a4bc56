"""Looks at the first pairs of a recording as a training will see them, so that no bad rig is driven about in vain."""

import numpy as np

from optidepthnet_ros.training.recordings.bag_topics import ImageTopic
from optidepthnet_ros.training.recordings.checks import inspect_scene
from optidepthnet_ros.training.recordings.scene import DataError, StereoScene
from optidepthnet_ros.training.recordings.topic_rig import TopicRig

PAIRS = 3  # whose points are judged together


class RigCheck(StereoScene):
    """The first pairs, rectified from their calibration.

    :param left: image topic with the calibration that counts
    """

    name = 'recording'

    def __init__(self, left: ImageTopic, right: ImageTopic):
        self._topics = left, right
        self._views: TopicRig | None = None
        self._pairs: list[tuple[np.ndarray, np.ndarray]] = []

    @property
    def is_done(self) -> bool:
        """Whether enough was seen."""
        return len(self._pairs) == PAIRS

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
        self._pairs.append(self._views.rectify(left, right))
        if self.is_done and (problems := inspect_scene(self).problems):
            raise DataError('; '.join(problems))

    def __len__(self) -> int:
        return len(self._pairs)

    def read(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        return self._pairs[index]

    def describe(self, index: int) -> str:
        return f'{self._topics[0].name}, pair {index}'
