# SPDX-License-Identifier: Apache-2.0
"""What a calibration means for its images: their camera, and how they are rectified."""

from dataclasses import dataclass

import numpy as np
from sensor_msgs.msg import CameraInfo

from optidepthnet_ros.geometry.camera import Camera
from optidepthnet_ros.geometry.rectification import Rectifier
from optidepthnet_ros.messages.camera_info import camera_from_info, lens_from_info, rectified_camera_from_info

_KEPT = 4  # of different calibrations or sizes


@dataclass(frozen=True)
class FrameCamera:
    """The camera of rectified frames, and how to rectify them.

    :param rectifier: None if the images are already rectified
    :param unseen: bool (H, W), where the rectified image shows nothing; None: nowhere
    :param scaled: whether the calibration is for another image size
    :param beside: metres by which the camera is to the right of the frame that its calibration names, as in the
        sensor_msgs/CameraInfo of the right camera of a stereo pair
    """

    camera: Camera
    rectifier: Rectifier | None = None
    unseen: np.ndarray | None = None
    scaled: bool = False
    beside: float = 0.0


class FrameCameras:
    """Makes frame cameras, and keeps the last few, which may alternate: rectification maps cost more than a frame."""

    def __init__(self) -> None:
        self._last: list[tuple[tuple[CameraInfo, int, int, bool], FrameCamera]] = []

    def of_frame(self, info: CameraInfo, width: int, height: int, rectify: bool) -> FrameCamera:
        """Return the camera of a frame with this calibration.

        :param rectify: whether the image must be rectified
        :raises CalibrationError: it does not fit the shape of the image, or is not a calibration
        """
        question = (info, width, height, rectify)
        # Equal calibrations are the same object, so the comparison is fast.
        known = next((entry for entry in self._last if entry[0] == question), None)
        if known is None:
            known = question, _frame_camera(*question)
            self._last = [*self._last, known][-_KEPT:]
        return known[1]


def _frame_camera(info: CameraInfo, width: int, height: int, rectify: bool) -> FrameCamera:
    scaled = not (info.roi.width or info.binning_x > 1 or info.binning_y > 1) and (
        (info.width, info.height) != (width, height)
    )
    beside = -float(info.p[3]) / float(info.p[0]) if info.p[0] and info.p[3] else 0.0
    if not rectify:
        return FrameCamera(camera_from_info(info, width, height), scaled=scaled, beside=beside)
    camera = rectified_camera_from_info(info, width, height)
    lens = lens_from_info(info, width, height)
    if lens.is_rectified(camera):
        return FrameCamera(camera, scaled=scaled, beside=beside)
    rectifier = Rectifier(lens, camera)
    unseen = rectifier.unseen
    return FrameCamera(camera, rectifier, unseen if unseen.any() else None, scaled, beside)
