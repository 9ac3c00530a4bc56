# SPDX-License-Identifier: Apache-2.0
"""rosbag2 recordings, MCAP or sqlite3, of an RGB-D camera: images and aligned depth, with camera_info."""

from typing import Any

import numpy as np

from optidepthnet_ros.messages.header import stamp_of
from optidepthnet_ros.recordings.bag_file import BagFile
from optidepthnet_ros.recordings.bag_images import Decoder, check_size, decode_colour, decode_depth, first_readable
from optidepthnet_ros.recordings.bag_pairs import MessagePairs
from optidepthnet_ros.recordings.bag_topics import ImageTopic
from optidepthnet_ros.recordings.depth_scene import MEASURED, DepthScene
from optidepthnet_ros.recordings.topic_camera import TopicCamera


class BagDepthScene(DepthScene):
    """One RGB-D camera of a recording. Its depth counts as measured, even if a simulator published it.

    :param picture: topic of the images
    :param depth: topic of the depth, aligned to the images
    :param tolerance: seconds by which the stamps of an image and its depth may differ
    :raises DataError: no images whose stamps agree, they cannot be decoded, or depth has another shape
    :raises CalibrationError: camera_info does not describe a usable camera
    """

    source = MEASURED

    def __init__(self, name: str, bag: BagFile, picture: ImageTopic, depth: ImageTopic, tolerance: float):
        self.name = name
        self._bag = bag
        self._topics = picture, depth
        self._sizes = (
            first_readable(bag, picture, decode_colour).shape[:2],
            first_readable(bag, depth, decode_depth).shape,
        )
        self._view = TopicCamera(picture, depth, *self._sizes, f'{bag.path}: ')
        self.camera = self._view.camera
        self._pairs = MessagePairs(bag, (picture.name, depth.name), ('colour', 'depth images'), tolerance)
        self.notes = (f'{self._pairs.note}; depth from {depth.name}',)
        if self._view.is_raw:
            self.notes += (f'rectified here from {picture.info_topic}',)

    def __len__(self) -> int:
        return len(self._pairs)

    def read(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        messages = self._pairs.read(index)
        image, depth = (
            self._decode(decode, topic, message, size)
            for decode, topic, message, size in zip(
                (decode_colour, decode_depth), self._topics, messages, self._sizes, strict=True
            )
        )
        return self._view.rectify(image, depth)

    def describe(self, index: int) -> str:
        return self._pairs.describe(index)

    def _decode(self, decode: Decoder, topic: ImageTopic, message: Any, size: tuple[int, int]) -> np.ndarray:
        image = decode(topic, message, self._bag.path)
        check_size(image, size, f'{self._bag.path}: {topic.name} at {stamp_of(message)} ns')
        return image
