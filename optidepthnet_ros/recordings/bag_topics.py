# SPDX-License-Identifier: Apache-2.0
"""Finds the stereo pairs among the topics of a recording: which images, which calibration, left and right."""

from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import product

from optidepthnet_ros.messages.camera_info import CameraInfo
from optidepthnet_ros.messages.depth_image import COMPRESSED_DEPTH
from optidepthnet_ros.messages.depth_image import ENCODINGS as DEPTH_ENCODINGS
from optidepthnet_ros.messages.image import ENCODINGS
from optidepthnet_ros.recordings.bag_file import BagFile
from optidepthnet_ros.recordings.scene import DataError

IMAGE, COMPRESSED, CAMERA_INFO = (f'sensor_msgs/msg/{name}' for name in ('Image', 'CompressedImage', 'CameraInfo'))

# What to do with an RGB-D camera.
ALIGNED_DEPTH = (
    'record depth that is aligned to the colour images: with align_depth.enable:=true in realsense2_camera, '
    'i_align_depth in depthai_ros, depth_to_rgb in azure_kinect_ros_driver, or register in depth_image_proc'
)

_FOCAL_LENGTHS_AGREE = 0.01  # relative


@dataclass(frozen=True)
class ImageTopic:
    """A topic with images, and what is known about its camera."""

    name: str
    compressed: bool
    info_topic: str
    info: CameraInfo

    @property
    def rectified(self) -> bool:
        """Whether image_proc rectified its images: the topic name says so, while camera_info stays that of raw ones."""
        return 'rect' in self._base.replace('unrect', '')

    @property
    def tx(self) -> float:
        """P[3]: zero for a left camera, minus focal length times baseline for a right one (sensor_msgs/CameraInfo)."""
        return float(self.info.p[3])

    @property
    def preference(self) -> tuple[bool, bool]:
        """Smallest for the preferred images: rectified before they were recorded, not compressed."""
        return not self.rectified, self.compressed

    @property
    def leaf(self) -> str:
        """The last part of the name, without its transport."""
        return self._base.rsplit('/', 1)[-1]

    @property
    def _base(self) -> str:
        return without_transport(self.name) if self.compressed else self.name


def without_transport(name: str) -> str:
    """Return the name of the base topic of a compressed topic."""
    return name.removesuffix('/compressed').removesuffix(f'/{COMPRESSED_DEPTH}')


def stereo_topics(bag: BagFile, named: tuple[str, str] | None = None) -> list[tuple[ImageTopic, ImageTopic]]:
    """Return the left and right topic of each stereo pair of cameras.

    A right camera is one with P[3] < 0. Its left camera has the same image size, about the same focal length, and
    the most similar name among such cameras.

    :param named: two image topics, in any order, instead of searching
    :raises DataError: there is no pair, P[3] does not distinguish its cameras, or several left cameras are possible
    """
    if named:
        return [_sorted_by_side(bag, [named_topic(bag, name) for name in named])]
    topics = picture_topics(bag)
    cameras: dict[str, list[ImageTopic]] = {}
    for topic in topics:
        cameras.setdefault(topic.info_topic, []).append(topic)
    rights = [camera for camera in cameras.values() if camera[0].tx < 0]
    if not rights:
        raise DataError(
            f'{bag.path}: no stereo pair and no depth: {_seen(bag, topics)}. With a stereo camera, record both images '
            'and their camera_info from a stereo calibration, where the right one has P[3] = -fx * baseline. With an '
            f'RGB-D camera, {ALIGNED_DEPTH}, as {", ".join(DEPTH_ENCODINGS)} or {COMPRESSED_DEPTH}'
        )
    return [_best_pair(_left_of(bag, right, list(cameras.values())), right) for right in rights]


def named_topic(bag: BagFile, name: str) -> ImageTopic:
    """Return the topic that ``--topics`` names.

    :raises DataError: it has no images, or no camera_info
    """
    if bag.topics.get(name) not in (IMAGE, COMPRESSED):
        raise DataError(
            f"{bag.path}: --topics '{name}' is not a topic with images; these are "
            f'{", ".join(name for name, kind in bag.topics.items() if kind in (IMAGE, COMPRESSED))}'
        )
    if (topic := image_topic(bag, name)) is None:
        raise DataError(f"{bag.path}: no camera_info for '{name}': expected on {' or '.join(_info_topics(name))}")
    return topic


def image_topic(bag: BagFile, name: str) -> ImageTopic | None:
    """Return a topic with images and a camera_info, or None if it has not both."""
    if bag.topics[name] not in (IMAGE, COMPRESSED):
        return None
    info_topic = next((info for info in _info_topics(name) if bag.topics.get(info) == CAMERA_INFO), None)
    if info_topic is None:
        return None
    return ImageTopic(name, bag.topics[name] == COMPRESSED, info_topic, bag.calibration(info_topic))


def _info_topics(name: str) -> list[str]:
    """Return where camera_info may be: beside the image, as in image_transport, or below it."""
    base = without_transport(name)
    return [f'{base.rsplit("/", 1)[0]}/camera_info', f'{base}/camera_info']


def picture_topics(bag: BagFile) -> list[ImageTopic]:
    """Return the topics with images other than depth that have a camera_info."""
    return [topic for name in bag.topics if (topic := image_topic(bag, name)) and _is_picture(bag, topic)]


def is_stereo(bag: BagFile) -> bool:
    """Whether there is a right camera."""
    return any(topic.tx < 0 for topic in picture_topics(bag))


def _is_picture(bag: BagFile, topic: ImageTopic) -> bool:
    """Whether a topic has pictures; depth images may share the camera with them."""
    if topic.compressed:
        return COMPRESSED_DEPTH not in topic.name
    return bag.first(topic.name).encoding in ENCODINGS


def _left_of(bag: BagFile, right: list[ImageTopic], cameras: list[list[ImageTopic]]) -> list[ImageTopic]:
    """Return the topics of the left camera."""
    candidates = [camera for camera in cameras if camera[0].tx >= 0 and _alike(camera[0].info, right[0].info)]
    if not candidates:
        raise DataError(
            f'{bag.path}: no left camera for {right[0].info_topic}: it needs P[3] >= 0 and the same image '
            f'size and focal length; {_seen(bag, [topics[0] for topics in cameras])}'
        )
    likeness = [SequenceMatcher(None, camera[0].info_topic, right[0].info_topic).ratio() for camera in candidates]
    if likeness.count(max(likeness)) > 1:
        raise DataError(
            f'{bag.path}: {" and ".join(camera[0].info_topic for camera in candidates)} could all be the '
            f'left camera for {right[0].info_topic}: give the two image topics of the pair with --topics'
        )
    return candidates[likeness.index(max(likeness))]


def _alike(info: CameraInfo, other: CameraInfo) -> bool:
    return (info.width, info.height) == (other.width, other.height) and abs(
        info.p[0] - other.p[0]
    ) <= _FOCAL_LENGTHS_AGREE * abs(other.p[0])


def _best_pair(left: list[ImageTopic], right: list[ImageTopic]) -> tuple[ImageTopic, ImageTopic]:
    return min(
        product(left, right),
        key=lambda pair: (
            pair[0].preference != pair[1].preference,
            pair[0].leaf != pair[1].leaf,
            *(topic.preference for topic in pair),
        ),
    )


def _sorted_by_side(bag: BagFile, topics: list[ImageTopic]) -> tuple[ImageTopic, ImageTopic]:
    right, left = sorted(topics, key=lambda topic: topic.tx)
    if not right.tx < 0 <= left.tx:
        raise DataError(
            f'{bag.path}: not the left and right camera of one rig: {_seen(bag, topics)}; '
            'the right one needs P[3] = -fx * baseline in its camera_info, the left one 0'
        )
    return left, right


def _seen(bag: BagFile, topics: list[ImageTopic]) -> str:
    if not topics:
        return 'no image topic has a camera_info; the topics are ' + ', '.join(sorted(bag.topics))
    return ', '.join(f'P[3] is {topic.tx:g} on {topic.info_topic}' for topic in topics)
