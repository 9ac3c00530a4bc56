"""Makes the runtime ready for a camera as soon as its calibration comes, before its first frame has to wait for it."""

import threading

from sensor_msgs.msg import CameraInfo

from optidepthnet_ros.geometry.camera import CalibrationError, Camera
from optidepthnet_ros.inference import DepthEstimator
from optidepthnet_ros.messages.camera_info import camera_from_info, rectified_camera_from_info


class Preparation:
    """Prepares in a thread; frames of cameras that are ready are processed meanwhile."""

    def __init__(self, log):
        self._log = log
        self._lock = threading.Lock()
        self._running = 0
        self._prepared = None  # the estimator, and the camera that was prepared last

    @property
    def is_running(self) -> bool:
        """Whether a camera is being prepared for."""
        return self._running > 0

    def calibration_came(self, info: CameraInfo, estimator: DepthEstimator, rectify: bool) -> None:
        """Start to prepare, unless this camera was the last one; a bad calibration is left to the frames to report."""
        try:
            make = rectified_camera_from_info if rectify else camera_from_info
            camera = make(info, *_image_size(info))
            estimator.view(camera)
        except CalibrationError:
            return
        with self._lock:
            if self._prepared == (estimator, camera):
                return
            self._prepared = (estimator, camera)
            self._running += 1
        threading.Thread(target=self._prepare, args=(estimator, camera), name='preparation', daemon=True).start()

    def _prepare(self, estimator: DepthEstimator, camera: Camera) -> None:
        try:
            estimator.prepare(camera)
            view = estimator.view(camera)
            if view.unseen:
                self._log.warning(view.unseen)
        except Exception as error:  # the frames meet it again, and drop out with the reason
            self._log.error(f'could not prepare for a {camera.width}x{camera.height} camera: {error}')
        finally:
            with self._lock:
                self._running -= 1


def _image_size(info: CameraInfo) -> tuple[int, int]:
    """Width and height of the images that a calibration belongs to, its region of interest and binning applied."""
    roi = info.roi
    width, height = (roi.width or info.width), (roi.height or info.height)
    return width // max(1, info.binning_x), height // max(1, info.binning_y)
