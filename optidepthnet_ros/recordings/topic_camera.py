# SPDX-License-Identifier: Apache-2.0
"""The camera that an image topic and its calibration make, and what brings images and aligned depth to it."""

import numpy as np

from optidepthnet_ros.geometry.camera import CalibrationError
from optidepthnet_ros.recordings.bag_topics import ImageTopic
from optidepthnet_ros.recordings.depth_scene import check_depth_size
from optidepthnet_ros.recordings.topic_rig import rectified_view


class TopicCamera:
    """Attributes: ``camera``, of the images once they are rectified; ``is_raw``, whether they come otherwise.

    :param picture: topic of the images
    :param image_size: height and width of the images as they come; ``depth_size`` likewise
    :param where: what to name in messages, beside topics
    :raises CalibrationError: camera_info makes no camera
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
        """Return both as the camera would see them; depth by the nearest pixel."""
        return (
            self._to_image(image) if self._to_image else image,
            self._to_depth.nearest(depth) if self._to_depth else depth,
        )
