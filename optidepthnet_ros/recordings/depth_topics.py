# SPDX-License-Identifier: Apache-2.0
"""Finds the RGB-D cameras among the topics of a recording: which images, and which depth is aligned to them."""

from optidepthnet_ros.geometry.camera import CalibrationError
from optidepthnet_ros.messages.camera_info import rectified_camera_from_info
from optidepthnet_ros.messages.depth_image import COMPRESSED_DEPTH, ENCODINGS
from optidepthnet_ros.messages.header import Stamped
from optidepthnet_ros.recordings.bag_file import BagFile
from optidepthnet_ros.recordings.bag_topics import (
    ALIGNED_DEPTH,
    COMPRESSED,
    IMAGE,
    ImageTopic,
    image_topic,
    named_topic,
    picture_topics,
    without_transport,
)
from optidepthnet_ros.recordings.scene import DataError

_FOCAL_LENGTHS_AGREE, _CENTRES_AGREE = 0.02, 0.02  # relative, and in parts of the width


def is_depth(bag: BagFile, name: str) -> bool:
    """Whether a topic has depth images, raw or compressed."""
    if bag.topics.get(name) == IMAGE:
        return bag.first(name).encoding in ENCODINGS
    return bag.topics.get(name) == COMPRESSED and (
        COMPRESSED_DEPTH in name or COMPRESSED_DEPTH in bag.first(name).format
    )


def depth_topics(bag: BagFile, named: tuple[str, str] | None = None) -> list[tuple[ImageTopic, ImageTopic]]:
    """Return the image and depth topic of each RGB-D camera.

    They belong together if their frame, the shape of their images and their intrinsics agree.

    :param named: an image and a depth topic, in any order, instead of searching
    :raises DataError: no depth is aligned to images, or several topics are possible
    """
    if named:
        return [_named(bag, named)]
    pictures = picture_topics(bag)
    depths = _without_doubles([name for name in bag.topics if is_depth(bag, name)])
    if not pictures:
        raise DataError(
            f'{bag.path}: depth on {", ".join(depths)}, but no image topic has a camera_info: '
            f'record colour images and their camera_info as well, and {ALIGNED_DEPTH}'
        )
    found: dict[str, dict[str, ImageTopic]] = {}
    reasons = []
    for depth in depths:
        for picture in sorted(pictures, key=lambda picture: picture.preference):
            if reason := _misalignment(bag, picture, depth):
                reasons.append(reason)
            else:
                found.setdefault(picture.info_topic, {}).setdefault(depth, picture)
    if not found:
        raise DataError(f'{bag.path}: {reasons[0]}: {ALIGNED_DEPTH}')
    return [_only(bag, info_topic, choices) for info_topic, choices in found.items()]


def other_frame(picture_name: str, picture: Stamped, depth_name: str, depth: Stamped) -> str:
    """Return why depth does not belong to images, by the frames of their first messages; empty if it may."""
    frames = depth.header.frame_id, picture.header.frame_id
    if frames[0] == frames[1]:
        return ''
    return f"depth on {depth_name} is in frame '{frames[0]}', the images on {picture_name} in '{frames[1]}'"


def _named(bag: BagFile, names: tuple[str, str]) -> tuple[ImageTopic, ImageTopic]:
    picture_name, depth_name = sorted(names, key=lambda name: is_depth(bag, name))
    if is_depth(bag, picture_name):
        raise DataError(f'{bag.path}: --topics {" ".join(names)} are both depth: give one image and one depth topic')
    picture = named_topic(bag, picture_name)
    if reason := _misalignment(bag, picture, depth_name):
        raise DataError(f'{bag.path}: {reason}: {ALIGNED_DEPTH}')
    return picture, _depth_topic(bag, depth_name, picture)


def _only(bag: BagFile, info_topic: str, choices: dict[str, ImageTopic]) -> tuple[ImageTopic, ImageTopic]:
    if len(choices) > 1:
        raise DataError(
            f'{bag.path}: {" and ".join(choices)} could all be the depth of the camera of {info_topic}: '
            'give the image topic and the right one of them with --topics'
        )
    ((depth, picture),) = choices.items()
    return picture, _depth_topic(bag, depth, picture)


def _depth_topic(bag: BagFile, name: str, picture: ImageTopic) -> ImageTopic:
    """Return a depth topic with its calibration or, if it has none, with that of its images."""
    compressed = bag.topics[name] == COMPRESSED
    return image_topic(bag, name) or ImageTopic(name, compressed, picture.info_topic, picture.info)


def _without_doubles(names: list[str]) -> list[str]:
    """Return each depth once: uncompressed if both exist."""
    by_base: dict[str, str] = {}
    for name in sorted(names, key=lambda name: name != without_transport(name)):
        by_base.setdefault(without_transport(name), name)
    return list(by_base.values())


def _misalignment(bag: BagFile, picture: ImageTopic, depth_name: str) -> str:
    """Return why depth does not match images pixel by pixel; empty if it may."""
    if reason := other_frame(picture.name, bag.first(picture.name), depth_name, bag.first(depth_name)):
        return reason
    depth = image_topic(bag, depth_name)
    if depth is None or depth.info_topic == picture.info_topic:
        return ''
    ours, theirs = picture.info, depth.info
    if abs(theirs.height * ours.width - ours.height * theirs.width) >= max(ours.width, theirs.width):
        return (
            f'{depth.info_topic} is of {theirs.width}x{theirs.height}, {picture.info_topic} of '
            f'{ours.width}x{ours.height}: the aspect ratios differ'
        )
    return _other_camera(picture, depth)


def _other_camera(picture: ImageTopic, depth: ImageTopic) -> str:
    """Return how the intrinsics of two topics differ; empty if they agree."""
    size = picture.info.width, picture.info.height
    try:
        ours, theirs = (rectified_camera_from_info(topic.info, *size) for topic in (picture, depth))
    except CalibrationError:
        return ''  # one has no calibration; that of the images is read later, and refused if it is the one
    if abs(ours.fx - theirs.fx) > _FOCAL_LENGTHS_AGREE * ours.fx:
        return (
            f'at the size of the images, the focal length is {theirs.fx:.1f} on {depth.info_topic}, '
            f'but {ours.fx:.1f} on {picture.info_topic}'
        )
    if max(abs(ours.cx - theirs.cx), abs(ours.cy - theirs.cy)) > _CENTRES_AGREE * ours.width:
        return (
            f'at the size of the images, the principal point is {theirs.cx:.1f}, {theirs.cy:.1f} on '
            f'{depth.info_topic}, but {ours.cx:.1f}, {ours.cy:.1f} on {picture.info_topic}'
        )
    return ''
