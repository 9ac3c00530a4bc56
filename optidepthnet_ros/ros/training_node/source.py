# SPDX-License-Identifier: Apache-2.0
"""A camera to record: its topics, and the checks of its first frames."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import TypeAlias

import numpy as np
from sensor_msgs.msg import CameraInfo, CompressedImage, Image

from optidepthnet_ros.imaging.gray import to_gray
from optidepthnet_ros.messages.compressed_image import image_from_compressed
from optidepthnet_ros.messages.image import image_from_message
from optidepthnet_ros.recordings.bag_topics import ImageTopic

AnyImage: TypeAlias = Image | CompressedImage
Pair: TypeAlias = tuple[AnyImage, AnyImage]


class Source(ABC):
    """Two topics whose images are paired by their stamps, with the calibration of one or both.

    Topics are relative, before remapping, by stream; the first of the two streams is the input of a depth network.

    :param compressed: whether images are compressed
    """

    images: dict[str, str]
    infos: dict[str, str]

    def __init__(self, compressed: bool):
        self.message_type = CompressedImage if compressed else Image

    @property
    def streams(self) -> tuple[str, str]:
        """The two streams of images."""
        first, second = self.images
        return first, second

    @abstractmethod
    def check(self, pair: Pair, names: Mapping[str, str], infos: Mapping[str, CameraInfo]) -> None:
        """Check the next pair that is to be kept.

        :param names: of the topics, after remapping, by their relative names
        :param infos: by stream
        :raises CalibrationError: camera_info is not a valid camera
        :raises DataError: this camera is not fit for training
        :raises ImageError: an image cannot be decoded
        """

    def topic(self, stream: str, names: Mapping[str, str], info: CameraInfo, info_stream: str) -> ImageTopic:
        """Return the topic of a stream's images with its calibration, as in a recording."""
        return ImageTopic(
            names[self.images[stream]], self.message_type is CompressedImage, names[self.infos[info_stream]], info
        )


def decode(message: AnyImage) -> np.ndarray:
    """Return uint8 (H, W, 3) BGR or (H, W) gray.

    :raises ImageError: it cannot be decoded
    """
    return (image_from_compressed if isinstance(message, CompressedImage) else image_from_message)(message)


def gray(message: AnyImage) -> np.ndarray:
    """Return uint8 (H, W); otherwise as :func:`decode`."""
    return to_gray(decode(message))
