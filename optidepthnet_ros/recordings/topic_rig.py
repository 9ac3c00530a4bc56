# SPDX-License-Identifier: Apache-2.0
"""The rig of two image topics and their calibration, and the rectification of their images."""

import numpy as np

from optidepthnet_ros.geometry.camera import CalibrationError, Camera, StereoRig
from optidepthnet_ros.geometry.rectification import Lens, Rectifier
from optidepthnet_ros.messages.camera_info import camera_from_info, lens_from_info, rectified_camera_from_info
from optidepthnet_ros.recordings.bag_topics import ImageTopic


class TopicRig:
    """Attributes: ``rig`` of the rectified images; ``note``, what is done to them, empty for nothing.

    :param width: width of the recorded images
    :raises CalibrationError: camera_info does not describe a usable rig
    """

    def __init__(self, left: ImageTopic, right: ImageTopic, width: int, height: int):
        try:
            baseline = StereoRig.from_projections(left.info.width, left.info.height, left.info.p, right.info.p).baseline
            self.rig = StereoRig(camera_from_info(left.info, width, height), baseline)
            lenses = [lens_of(topic, width, height) for topic in (left, right)]
        except CalibrationError as error:
            raise CalibrationError(f'{left.info_topic} and {right.info_topic}: {error}') from None
        # Both are rectified to the left camera: a different P of the right one would change disparities.
        self._rectifiers = [
            None if lens.is_rectified(self.rig.camera) else Rectifier(lens, self.rig.camera) for lens in lenses
        ]
        models = sorted({lens.model for lens in lenses if np.any(lens.distortion)})
        self.note = (
            f'rectified here from camera_info ({", ".join(models) or "no distortion"})' if any(self._rectifiers) else ''
        )

    def rectify(self, left: np.ndarray, right: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return both images, uint8 (H, W), as the rig's cameras would see them."""
        left, right = (
            rectifier(image) if rectifier else image for rectifier, image in zip(self._rectifiers, (left, right))
        )
        return left, right


def rectified_view(topic: ImageTopic, size: tuple[int, int]) -> tuple[Camera, Rectifier | None, np.ndarray]:
    """Return how images of a single camera are rectified.

    :param size: height and width of the recorded images
    :return: the rectified camera; the rectifier of images, None if they are already rectified; and the rotation (3, 3)
        of points
    :raises CalibrationError: camera_info does not say
    """
    height, width = size
    lens = lens_of(topic, width, height)
    camera = rectified_camera_from_info(topic.info, width, height)
    return camera, None if lens.is_rectified(camera) else Rectifier(lens, camera), lens.rotation


def lens_of(topic: ImageTopic, width: int, height: int) -> Lens:
    """Return the lens with which images of this size were taken.

    :raises CalibrationError: camera_info does not say
    """
    info = topic.info
    # A driver of rectified images may leave K or R empty, but then D must be empty or zero.
    if topic.rectified or not (np.any(info.d) or (np.any(info.k) and np.any(info.r))):
        return Lens(camera_from_info(info, width, height), '', np.zeros(0), np.eye(3))
    return lens_from_info(info, width, height)
