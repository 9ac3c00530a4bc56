# SPDX-License-Identifier: Apache-2.0
"""Finds the images, and the messages of another sensor, among the topics of a recording."""

from optidepthnet_ros.recordings.bag_file import BagFile
from optidepthnet_ros.recordings.bag_topics import ImageTopic, named_topic, picture_topics
from optidepthnet_ros.recordings.scene import DataError

CLOUD = 'sensor_msgs/msg/PointCloud2'


def sensor_topics(bag: BagFile, kind: str, named: tuple[str, str] | None = None) -> tuple[ImageTopic, str]:
    """Return the topic of the images and that of the sensor.

    :param kind: type of the sensor's messages
    :param named: both topics, in any order, instead of searching
    :raises DataError: there is none, or several are possible
    """
    names = named or tuple(bag.topics)
    sensors = [name for name in names if bag.topics.get(name) == kind]
    pictures = [named_topic(bag, name) for name in named if name not in sensors] if named else usual_pictures(bag)
    if len(sensors) != 1 or len(pictures) != 1:
        raise DataError(
            f'{bag.path}: needs one topic of images (found: {_names(pictures) or "none with camera_info"}) and one of '
            f'{kind.rsplit("/", 1)[1]} (found: {", ".join(sensors) or "none"}): give both with --topics'
        )
    return pictures[0], sensors[0]


def only_picture(bag: BagFile) -> ImageTopic:
    """Return the topic of the images of the only camera.

    :raises DataError: there is none, or several are possible
    """
    pictures = usual_pictures(bag)
    if len(pictures) != 1:
        raise DataError(
            f'{bag.path}: needs exactly one topic of images (found: {_names(pictures) or "none with camera_info"}): '
            'record only one'
        )
    return pictures[0]


def usual_pictures(bag: BagFile) -> list[ImageTopic]:
    """Return the images of each camera; if it has several topics, the preferred one."""
    found: dict[str, ImageTopic] = {}
    for topic in sorted(picture_topics(bag), key=lambda topic: topic.preference):
        found.setdefault(topic.info_topic, topic)
    return list(found.values())


def _names(topics: list[ImageTopic]) -> str:
    return ', '.join(topic.name for topic in topics)
