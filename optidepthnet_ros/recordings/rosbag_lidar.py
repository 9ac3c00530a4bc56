# SPDX-License-Identifier: Apache-2.0
"""rosbag2 recordings of a camera and a lidar, whose points are projected into the images."""

import numpy as np

from optidepthnet_ros.geometry.camera import CalibrationError
from optidepthnet_ros.geometry.projection import project_points
from optidepthnet_ros.messages.header import stamp_of
from optidepthnet_ros.messages.point_cloud import PointCloudError, points_from_message
from optidepthnet_ros.recordings.bag_file import BagFile
from optidepthnet_ros.recordings.bag_images import check_size, decode_colour, first_readable
from optidepthnet_ros.recordings.bag_pairs import MessagePairs
from optidepthnet_ros.recordings.bag_topics import ImageTopic
from optidepthnet_ros.recordings.depth_scene import MEASURED, DepthScene
from optidepthnet_ros.recordings.scene import DataError
from optidepthnet_ros.recordings.topic_rig import rectified_view


class BagLidarScene(DepthScene):
    """One camera and one lidar. Depth is sparse; some points lie behind near objects, where the camera cannot see.

    :param picture: topic of the images
    :param cloud: topic of the point clouds
    :param transform: (4, 4), from the frame of the cloud to the optical frame of the images, before rectification
    :param tolerance: seconds by which the stamps of an image and a cloud may differ
    :raises DataError: no images whose stamps agree, or they cannot be decoded
    :raises CalibrationError: camera_info does not describe a usable camera
    """

    source = MEASURED

    def __init__(
        self, name: str, bag: BagFile, picture: ImageTopic, cloud: str, transform: np.ndarray, tolerance: float
    ):
        self.name = name
        self._bag = bag
        self._picture = picture
        self._cloud = cloud
        self._size = first_readable(bag, picture, decode_colour).shape[:2]
        try:
            self.camera, self._rectifier, rotation = rectified_view(picture, self._size)
        except CalibrationError as error:
            raise CalibrationError(f'{bag.path}: {picture.info_topic}: {error}') from None
        self._rotation, self._translation = rotation @ transform[:3, :3], rotation @ transform[:3, 3]
        self._pairs = MessagePairs(bag, (picture.name, cloud), ('images', 'point clouds'), tolerance)
        self.notes = (f'{self._pairs.note}; depth from {cloud}',)

    def __len__(self) -> int:
        return len(self._pairs)

    def read(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        picture, cloud = self._pairs.read(index)
        image = decode_colour(self._picture, picture, self._bag.path)
        check_size(image, self._size, f'{self._bag.path}: {self._picture.name} at {stamp_of(picture)} ns')
        try:
            points = points_from_message(cloud)
        except PointCloudError as error:
            raise DataError(f'{self._bag.path}: {self._cloud} at {stamp_of(cloud)} ns: {error}') from None
        depth = project_points(points @ self._rotation.T + self._translation, self.camera)
        return self._rectifier(image) if self._rectifier else image, depth

    def describe(self, index: int) -> str:
        return self._pairs.describe(index)
