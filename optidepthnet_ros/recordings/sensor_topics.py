# SPDX-License-Identifier: Apache-2.0
"""Finds the images, and the messages of another sensor, among the topics of a recording."""

from optidepthnet_ros.recordings.bag_file import BagFile
from optidepthnet_ros.recordings.bag_topics import ImageTopic, named_topic, picture_topics
from optidepthnet_ros.recordings.scene import DataError

CLOUD = 'sensor_msgs/msg/PointCloud2'


def sensor_topics(bag: BagFile, kind: str, named: tuple[str, str] | None = None) -> tuple[ImageTopic, str]:
    """Return the topic of the images and that of the sensor.

    :param kind: type of the sensor's messages
    :param named: both, in any order, instead of searching
    :raises DataError: none, or several could be meant
    """
    names = named or tuple(bag.topics)
    sensors = [name for name in names if bag.topics.get(name) == kind]
    pictures = [named_topic(bag, name) for name in named if name not in sensors] if named else usual_pictures(bag)
    if len(sensors) != 1 or len(pictures) != 1:
        raise DataError(
            f'{bag.path}: of images ({_names(pictures) or "none with camera_info"}) and {kind.rsplit("/", 1)[1]} '
            f'({", ".join(sensors) or "none"}) one each must be meant: give both with --topics'
        )
    return pictures[0], sensors[0]


def only_picture(bag: BagFile) -> ImageTopic:
    """Return the topic of the images of the only camera.

    :raises DataError: none, or several could be meant
    """
    pictures = usual_pictures(bag)
    if len(pictures) != 1:
        raise DataError(
            f'{bag.path}: of images ({_names(pictures) or "none with camera_info"}) one must be meant: record it alone'
        )
    return pictures[0]


def usual_pictures(bag: BagFile) -> list[ImageTopic]:
    """Return the images of each camera; of several topics of one, the one to be preferred."""
    found: dict[str, ImageTopic] = {}
    for topic in sorted(picture_topics(bag), key=lambda topic: topic.preference):
        found.setdefault(topic.info_topic, topic)
    return list(found.values())


def _names(topics: list[ImageTopic]) -> str:
    return ', '.join(topic.name for topic in topics)
