# SPDX-License-Identifier: Apache-2.0
"""rosbag2 recordings, MCAP or sqlite3, of a stereo camera: images or compressed images, with camera_info."""

from typing import Any

import numpy as np

from optidepthnet_ros.geometry.camera import CalibrationError
from optidepthnet_ros.messages.header import stamp_of
from optidepthnet_ros.recordings.bag_file import BagFile
from optidepthnet_ros.recordings.bag_images import check_size, decode_gray, first_readable
from optidepthnet_ros.recordings.bag_pairs import MessagePairs
from optidepthnet_ros.recordings.bag_topics import ImageTopic
from optidepthnet_ros.recordings.scene import DataError, StereoScene
from optidepthnet_ros.recordings.topic_rig import TopicRig


class BagScene(StereoScene):
    """One stereo camera of a recording. Only the positions of the messages are kept; they are read when needed.

    :param tolerance: seconds by which the stamps of a pair may differ
    :raises DataError: no images whose stamps agree, or they cannot be decoded
    :raises CalibrationError: camera_info does not describe a usable rig
    """

    def __init__(self, name: str, bag: BagFile, left: ImageTopic, right: ImageTopic, tolerance: float):
        self.name = name
        self._bag = bag
        self._topics = left, right
        height, width = self._first_size()
        try:
            self._views = TopicRig(left, right, width, height)
        except CalibrationError as error:
            raise CalibrationError(f'{bag.path}: {error}') from None
        self.rig = self._views.rig
        self._pairs = MessagePairs(bag, (left.name, right.name), ('left', 'right images'), tolerance)
        self.notes = (self._pairs.note, *filter(None, [self._views.note]))

    def __len__(self) -> int:
        return len(self._pairs)

    def read(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        return self._views.rectify(*map(self._decode, self._topics, self._pairs.read(index)))

    def describe(self, index: int) -> str:
        return self._pairs.describe(index)

    def _first_size(self) -> tuple[int, int]:
        sizes = [first_readable(self._bag, topic, decode_gray).shape for topic in self._topics]
        if sizes[0] != sizes[1]:
            raise DataError(
                f'{self._bag.path}: {self._topics[0].name} has images of {sizes[0][1]}x{sizes[0][0]}, '
                f'{self._topics[1].name} of {sizes[1][1]}x{sizes[1][0]}: record both at the same size'
            )
        return sizes[0]

    def _decode(self, topic: ImageTopic, message: Any) -> np.ndarray:
        image = decode_gray(topic, message, self._bag.path)
        where = f'{self._bag.path}: {topic.name} at {stamp_of(message)} ns'
        check_size(image, (self.rig.camera.height, self.rig.camera.width), where)
        return image
