"""Makes the runtime ready for a camera as soon as its calibration comes, before its first frame has to wait for it."""

import threading
from typing import Any

from sensor_msgs.msg import CameraInfo

from optidepthnet_ros.geometry.camera import CalibrationError, Camera
from optidepthnet_ros.inference import DepthEstimator
from optidepthnet_ros.messages.camera_info import camera_from_info, rectified_camera_from_info


class Preparation:
    """Prepares in one thread, for the newest calibration; frames of cameras that are ready are processed meanwhile."""

    def __init__(self, log: Any):
        self._log = log
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._wanted: tuple[DepthEstimator, Camera] | None = None
        self._prepared: tuple[DepthEstimator, Camera] | None = None
        self._warned = False

    @property
    def is_running(self) -> bool:
        """Whether a camera is being prepared for."""
        return self._thread is not None

    def calibration_came(self, info: CameraInfo, estimator: DepthEstimator, rectify: bool) -> None:
        """Start to prepare, unless this camera was the last one; a bad calibration is left to the frames to report."""
        try:
            make = rectified_camera_from_info if rectify else camera_from_info
            camera = make(info, *_image_size(info))
            estimator.view(camera)
        except CalibrationError:
            return
        with self._lock:
            if self._wanted == (estimator, camera):
                return
            self._wanted = (estimator, camera)
            if self._thread is None:
                self._thread = threading.Thread(target=self._follow, name='preparation', daemon=True)
                self._thread.start()

    def _follow(self) -> None:
        """Prepare what is wanted, until nothing else is wanted when that is done."""
        while True:
            with self._lock:
                wanted = self._wanted
                if wanted is None or wanted == self._prepared:
                    self._thread = None
                    return
            self._prepare(*wanted)
            self._prepared = wanted

    def _prepare(self, estimator: DepthEstimator, camera: Camera) -> None:
        try:
            estimator.prepare(camera)
        except Exception as error:  # the frames meet it again, and drop out with the reason
            self._log.error(f'could not prepare for a {camera.width}x{camera.height} camera: {error}')
        if not self._warned and (unseen := estimator.view(camera).unseen):
            self._warned = True  # diagnostics go on to tell
            self._log.warning(unseen)


def _image_size(info: CameraInfo) -> tuple[int, int]:
    """Width and height of the images that a calibration belongs to, its region of interest and binning applied."""
    roi = info.roi
    width, height = (roi.width or info.width), (roi.height or info.height)
    return width // max(1, info.binning_x), height // max(1, info.binning_y)
