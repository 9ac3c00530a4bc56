# SPDX-License-Identifier: Apache-2.0
"""The camera of an image topic and its calibration, and the rectification of its images and aligned depth."""

import numpy as np

from optidepthnet_ros.geometry.camera import CalibrationError
from optidepthnet_ros.recordings.bag_topics import ImageTopic
from optidepthnet_ros.recordings.depth_scene import check_depth_size
from optidepthnet_ros.recordings.topic_rig import rectified_view


class TopicCamera:
    """Attributes: ``camera`` of the rectified images; ``is_raw``, whether they were recorded unrectified.

    :param picture: topic of the images
    :param image_size: height and width of the recorded images; ``depth_size`` is that of the depth
    :param where: what to name in messages, in addition to topics
    :raises CalibrationError: camera_info does not describe a usable camera
    :raises DataError: depth has another shape
    """

    def __init__(
        self,
        picture: ImageTopic,
        depth: ImageTopic,
        image_size: tuple[int, int],
        depth_size: tuple[int, int],
        where: str = '',
    ):
        try:
            self.camera, self._to_image, _ = rectified_view(picture, image_size)
            check_depth_size(np.empty(depth_size), self.camera, f'{where}{depth.name}')
            self._to_depth = rectified_view(picture, depth_size)[1]
        except CalibrationError as error:
            raise CalibrationError(f'{where}{picture.info_topic}: {error}') from None
        self.is_raw = self._to_image is not None

    def rectify(self, image: np.ndarray, depth: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return both as the camera would see them; depth is taken from the nearest pixel."""
        return (
            self._to_image(image) if self._to_image else image,
            self._to_depth.nearest(depth) if self._to_depth else depth,
        )
