# SPDX-License-Identifier: Apache-2.0
"""rosbag2 recordings of a camera and of a sensor that measures the scale of its depth."""

from collections.abc import Callable
from typing import Any

import numpy as np

from optidepthnet_ros.geometry.camera import CalibrationError
from optidepthnet_ros.geometry.rigid import rigid_transform
from optidepthnet_ros.imaging.gray import to_gray
from optidepthnet_ros.messages.header import stamp_of
from optidepthnet_ros.recordings.bag_file import BagFile
from optidepthnet_ros.recordings.bag_images import check_size, decode_colour, first_readable
from optidepthnet_ros.recordings.bag_odometry import ODOMETRY_TYPE, BagOdometry, images_to_look_back_at
from optidepthnet_ros.recordings.bag_pairs import MessagePairs
from optidepthnet_ros.recordings.bag_topics import ImageTopic
from optidepthnet_ros.recordings.bag_transforms import static_transform
from optidepthnet_ros.recordings.scene import DataError
from optidepthnet_ros.recordings.sensor_topics import only_picture, sensor_topics
from optidepthnet_ros.recordings.topic_rig import rectified_view
from optidepthnet_ros.scale.evidence import Evidence
from optidepthnet_ros.scale.fit import UnsupportedFitError
from optidepthnet_ros.scale.ground import evidence_of_base
from optidepthnet_ros.scale.messages import COMPARISONS, GROUND, ODOMETRY, SOURCES
from optidepthnet_ros.scale.odometry import MotionEvidence
from optidepthnet_ros.scale.tracker import Frame


class BagEvidence:
    """Images, and what the sensor measured at their time.

    :ivar camera: the camera of the rectified images
    :param source: one of :data:`~optidepthnet_ros.scale.messages.SOURCES`
    :param topics: topics of images and sensor, in any order; None searches for them
    :param tolerance: seconds by which the stamps of an image and a measurement may differ
    :param transform: pose of the sensor, of the odometry body or of the base frame in the camera's optical frame,
        x y z qx qy qz qw, constant over the recording; None takes it from /tf_static
    :param base_frame: with ground: frame whose z axis points up
    :param height: with ground: height of the camera above it in metres; 0 takes it from the transform
    :raises DataError: the recording lacks something; the message says what
    :raises CalibrationError: camera_info does not describe a usable camera
    """

    def __init__(
        self,
        bag: BagFile,
        source: str,
        topics: tuple[str, str] | None,
        tolerance: float,
        transform: tuple[float, ...] | None = None,
        base_frame: str = 'base_footprint',
        height: float = 0.0,
    ):
        self._bag, self._source, self._base_frame, self._height = bag, source, base_frame, height
        self._picture, sensor = (only_picture(bag), '') if source == GROUND else _topics_of(bag, source, topics)
        self._odometry = BagOdometry(bag, sensor) if source == ODOMETRY else None
        self._given = None if transform is None else rigid_transform(transform[:3], transform[3:])
        self._size = first_readable(bag, self._picture, decode_colour).shape[:2]
        try:
            self.camera, self._rectifier, rotation = rectified_view(self._picture, self._size)
        except CalibrationError as error:
            raise CalibrationError(f'{bag.path}: {self._picture.info_topic}: {error}') from None
        self._rotation = np.eye(4)
        self._rotation[:3, :3] = rotation
        # The ground has no messages, and poses are interpolated: neither is paired with images.
        paired = sensor if source in COMPARISONS else ''
        kinds = ('images', source if paired else 'images')
        self._pairs = MessagePairs(bag, (self._picture.name, paired or self._picture.name), kinds, tolerance)

    def __len__(self) -> int:
        return len(self._pairs)

    def read(self, index: int) -> tuple[np.ndarray, Callable[[np.ndarray], Evidence]]:
        """Return an image, uint8 BGR or gray, and a function that compares its depth with the measurement.

        The function raises :class:`~optidepthnet_ros.scale.fit.UnsupportedFitError` where there is no evidence.

        :raises DataError: they cannot be read, or no transform is known
        """
        picture, message = self._pairs.read(index)
        image, to_camera = self._image(picture), self._to_camera(picture, message)
        motion = None if self._odometry is None else self._motion_before(index, self._odometry, to_camera)

        def compare(depth: np.ndarray) -> Evidence:
            if self._source == GROUND:
                return evidence_of_base(depth, self.camera, to_camera, self._height)
            frame = Frame(stamp_of(picture), picture.header.frame_id, depth, self.camera)
            if motion is not None:
                return motion.evidence(frame.stamp, to_gray(image), self.camera, lambda _stamp: to_camera, frame)
            return COMPARISONS[self._source][1](message, frame, to_camera)

        return image, compare

    def _image(self, picture: Any) -> np.ndarray:
        """Return the image of a message, rectified."""
        image = decode_colour(self._picture, picture, self._bag.path)
        check_size(image, self._size, f'{self._bag.path}: {self._picture.name} at {stamp_of(picture)} ns')
        return self._rectifier(image) if self._rectifier else image

    def _motion_before(self, index: int, odometry: BagOdometry, to_camera: np.ndarray) -> MotionEvidence:
        """Return the motion evidence from the images before this one."""
        motion = MotionEvidence(odometry.poses)
        for earlier in images_to_look_back_at(self._pairs, index):
            picture, _ = self._pairs.read(earlier)
            try:
                gray = to_gray(self._image(picture))
                motion.remember(stamp_of(picture), gray, self.camera, lambda _stamp: to_camera)
            except UnsupportedFitError:  # odometry has no pose for it
                continue
        return motion

    def _to_camera(self, picture: Any, message: Any) -> np.ndarray:
        """Return the transform from the sensor, the odometry body or the base frame to the rectified camera."""
        if self._given is None:
            if self._odometry is not None:
                source = self._odometry.body_frame
            else:
                source = self._base_frame if self._source == GROUND else message.header.frame_id
            self._given = static_transform(self._bag, picture.header.frame_id, source)
        to_camera: np.ndarray = self._rotation @ self._given
        return to_camera


def _topics_of(bag: BagFile, source: str, named: tuple[str, str] | None) -> tuple[ImageTopic, str]:
    if source not in SOURCES:
        raise DataError(f'--source is {source}, but must be one of {", ".join(SOURCES)}')
    return sensor_topics(bag, ODOMETRY_TYPE if source == ODOMETRY else COMPARISONS[source][0], named)
