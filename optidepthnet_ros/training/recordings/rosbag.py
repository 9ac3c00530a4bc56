"""rosbag2 recordings, MCAP or sqlite3, of a stereo camera: images or compressed images, with camera_info."""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from optidepthnet_ros.files.image_file import ImageFileError, decode_image
from optidepthnet_ros.geometry.camera import CalibrationError
from optidepthnet_ros.messages.header import stamp_of
from optidepthnet_ros.messages.image import ImageError, image_from_message
from optidepthnet_ros.training.recordings.bag_file import BagFile
from optidepthnet_ros.training.recordings.bag_topics import ImageTopic, stereo_topics
from optidepthnet_ros.training.recordings.scene import DataError, StereoScene
from optidepthnet_ros.training.recordings.stamps import match_stamps
from optidepthnet_ros.training.recordings.topic_rig import TopicRig


@dataclass(frozen=True)
class _Index:
    """Where the messages of a topic are: stamps, ascending, and times of reception, (N,) int64 nanoseconds."""

    stamps: np.ndarray
    received: np.ndarray


class BagScene(StereoScene):
    """One stereo camera of a recording. Only where the messages are is kept; they are read when they are needed.

    :param tolerance: seconds that the stamps of a pair may differ by
    :raises DataError: no images whose stamps agree, or they cannot be decoded
    :raises CalibrationError: camera_info makes no rig
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
        self._frames = self._pair(tolerance)
        if self._views.note:
            self.notes += (self._views.note,)

    def __len__(self):
        return len(self._frames)

    def read(self, index):
        return self._views.rectify(*map(self._read_image, self._topics, self._frames[index]))

    def describe(self, index):
        stamp = self._frames[index][0][0]
        return f'{self._bag.path}: {self._topics[0].name} at {stamp // 10**9}.{stamp % 10**9:09}'

    def _first_size(self) -> tuple[int, int]:
        sizes = [_first_image(self._bag, topic).shape for topic in self._topics]
        if sizes[0] != sizes[1]:
            raise DataError(
                f'{self._bag.path}: {self._topics[0].name} has images of {sizes[0][1]}x{sizes[0][0]}, '
                f'{self._topics[1].name} of {sizes[1][1]}x{sizes[1][0]}: record both at one size'
            )
        return sizes[0]

    def _pair(self, tolerance: float) -> list[tuple[tuple[int, int], tuple[int, int]]]:
        """Return (stamp, time of reception) of left and right for each pair."""
        left, right = (_index(self._bag, topic.name) for topic in self._topics)
        pairs = match_stamps(left.stamps, right.stamps, round(tolerance * 1e9))
        found = (
            f'{len(pairs)} pairs of {len(left.stamps)} left and {len(right.stamps)} right images, '
            f'stamps within {tolerance * 1e3:g} ms'
        )
        if not pairs:
            raise DataError(
                f'{self._bag.path}: {found} ({self._topics[0].name}, {self._topics[1].name}): '
                'synchronise the cameras, or allow more with --stamp-tolerance'
            )
        self.notes += (found,)
        return [
            tuple((int(side.stamps[i]), int(side.received[i])) for side, i in zip((left, right), pair))
            for pair in pairs
        ]

    def _read_image(self, topic, frame):
        stamp, received = frame
        message = next(
            (message for message in self._bag.received_at(topic.name, received) if stamp_of(message) == stamp), None
        )
        if message is None:
            raise DataError(f'{self._bag.path}: {topic.name} has no image any more at {stamp} ns')
        image = _decode(topic, message, self._bag.path)
        camera = self.rig.camera
        if image.shape != (camera.height, camera.width):
            raise DataError(
                f'{self._bag.path}: {topic.name} at {stamp} ns: {image.shape[1]}x{image.shape[0]}, '
                f'but the first image has {camera.width}x{camera.height}'
            )
        return image


def bag_scenes(path: Path, topics: tuple[str, str] | None, tolerance: float) -> list[BagScene]:
    """Return a scene for each stereo camera of a recording.

    :param topics: the two image topics of the only pair to take, in any order; None is to search for them
    :param tolerance: as for :class:`BagScene`
    """
    bag = BagFile(path)
    name = path.name if path.is_dir() else path.stem
    pairs = stereo_topics(bag, topics)
    if len(pairs) == 1:
        return [BagScene(name, bag, *pairs[0], tolerance)]
    return [
        BagScene(name + pair[1].info_topic.removesuffix('/camera_info').replace('/', '_'), bag, *pair, tolerance)
        for pair in pairs
    ]


def _index(bag: BagFile, topic: str) -> _Index:
    """Go once through a topic, keeping stamps and times only."""
    entries = np.array([(stamp_of(message), received) for received, message in bag.messages(topic)], np.int64)
    if not entries[:, 0].any():
        raise DataError(
            f'{bag.path}: the headers on {topic} have no stamps: let the driver set them, pairs are matched by them'
        )
    _, order = np.unique(entries[:, 0], return_index=True)
    return _Index(entries[order, 0], entries[order, 1])


def _first_image(bag: BagFile, topic: ImageTopic) -> np.ndarray:
    """Return the first image that is not damaged."""
    error = None
    for _, message in bag.messages(topic.name):
        try:
            return _decode(topic, message, bag.path)
        except DataError as damage:
            error = damage
    raise error


def _decode(topic: ImageTopic, message, path: Path) -> np.ndarray:
    """Return a gray image, uint8 (H, W)."""
    try:
        image = decode_image(bytes(message.data), gray=True) if topic.compressed else image_from_message(message)
    except (ImageError, ImageFileError) as error:
        raise DataError(f'{path}: {topic.name} at {stamp_of(message)} ns: {error}') from None
    return image if image.ndim == 2 else cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
