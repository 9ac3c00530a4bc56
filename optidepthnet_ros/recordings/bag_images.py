# SPDX-License-Identifier: Apache-2.0
"""Decodes images and depth from the topics of a recording."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from optidepthnet_ros.imaging.gray import to_gray
from optidepthnet_ros.messages.compressed_image import image_from_compressed
from optidepthnet_ros.messages.depth_image import depth_from_compressed, depth_from_message
from optidepthnet_ros.messages.header import stamp_of
from optidepthnet_ros.messages.image import ImageError, image_from_message
from optidepthnet_ros.recordings.bag_file import BagFile
from optidepthnet_ros.recordings.bag_topics import ImageTopic
from optidepthnet_ros.recordings.scene import DataError

Decoder = Callable[[ImageTopic, Any, Path], np.ndarray]


def decode_gray(topic: ImageTopic, message: Any, path: Path) -> np.ndarray:
    """Return an image as uint8 (H, W).

    :raises DataError: it cannot be decoded; the message names the recording, topic and stamp
    """
    return to_gray(decode_colour(topic, message, path))


def decode_colour(topic: ImageTopic, message: Any, path: Path) -> np.ndarray:
    """Return an image as uint8 (H, W, 3) BGR or, from a camera without colour, (H, W); otherwise as decode_gray."""
    return _decoded(topic, message, path, image_from_compressed if topic.compressed else image_from_message)


def decode_depth(topic: ImageTopic, message: Any, path: Path) -> np.ndarray:
    """Return depth as float32 (H, W) metres, NaN where unknown; otherwise as decode_gray."""
    return _decoded(topic, message, path, depth_from_compressed if topic.compressed else depth_from_message)


def first_readable(bag: BagFile, topic: ImageTopic, decode: Decoder) -> np.ndarray:
    """Return the first image that is not damaged.

    :raises DataError: all are
    """
    error = DataError(f'{bag.path}: {topic.name} has no image')
    for _, message in bag.messages(topic.name):
        if message is None:
            continue
        try:
            return decode(topic, message, bag.path)
        except DataError as damage:
            error = damage
    raise error


def check_size(image: np.ndarray, size: tuple[int, int], where: str) -> None:
    """Refuse an image whose size differs from that of the first one on its topic.

    :param size: height and width of the first
    :raises DataError: the sizes differ
    """
    if image.shape[:2] != size:
        raise DataError(f'{where}: {image.shape[1]}x{image.shape[0]}, but the first image has {size[1]}x{size[0]}')


def _decoded(topic: ImageTopic, message: Any, path: Path, decode: Callable[[Any], np.ndarray]) -> np.ndarray:
    try:
        return decode(message)
    except ImageError as error:
        raise DataError(f'{path}: {topic.name} at {stamp_of(message)} ns: {error}') from None
