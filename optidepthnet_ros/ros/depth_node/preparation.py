# SPDX-License-Identifier: Apache-2.0
"""Prepares the runtime for a camera as soon as its calibration arrives, so that its first frame need not wait."""

import threading
from typing import Any, TypeAlias

from sensor_msgs.msg import CameraInfo

from optidepthnet_ros.geometry.camera import CalibrationError, Camera
from optidepthnet_ros.inference.estimator import Estimator
from optidepthnet_ros.messages.camera_info import camera_from_info, rectified_camera_from_info

_KEPT = 4  # cameras that are known to be ready: as many as a runtime keeps shapes

Wanted: TypeAlias = tuple[Estimator, Camera]


class Preparation:
    """Prepares in one thread for the newest calibration; meanwhile, frames of cameras that are ready are processed."""

    def __init__(self, log: Any):
        self._log = log
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._current: Wanted | None = None
        self._next: Wanted | None = None
        self._ready: list[Wanted] = []
        self._warned = False

    @property
    def is_running(self) -> bool:
        """Whether a preparation is running."""
        return self._thread is not None

    def calibration_came(self, info: CameraInfo, estimator: Estimator, rectify: bool) -> None:
        """Start to prepare, unless the camera is already prepared; a bad calibration is reported with its frames."""
        try:
            make = rectified_camera_from_info if rectify else camera_from_info
            camera = make(info, *_image_size(info))
            estimator.view(camera)
        except CalibrationError:
            return
        wanted = (estimator, camera)
        with self._lock:
            if wanted in (self._current, self._next) or wanted in self._ready:
                return
            self._next = wanted
            if self._thread is None:
                self._thread = threading.Thread(target=self._follow, name='preparation', daemon=True)
                self._thread.start()

    def delays(self, estimator: Estimator, camera: Camera) -> bool:
        """Whether a frame of this camera would wait, while frames of another camera would not."""
        wanted = (estimator, camera)
        with self._lock:
            due = wanted in (self._current, self._next) and any(ready is estimator for ready, _ in self._ready)
        return due and not estimator.is_ready(camera)

    def _follow(self) -> None:
        """Prepare the wanted camera, until no other one is wanted."""
        while True:
            with self._lock:
                if self._current is not None:
                    # Entries of a model that was replaced are not kept.
                    ready = [*self._ready, self._current][-_KEPT:]
                    self._ready = [one for one in ready if one[0] is self._current[0]]
                self._current, self._next = self._next, None
                if self._current is None:
                    self._thread = None
                    return
            self._prepare(*self._current)

    def _prepare(self, estimator: Estimator, camera: Camera) -> None:
        try:
            estimator.prepare(camera)
        except Exception as error:  # frames meet the same error, and are dropped with the reason
            self._log.error(f'could not prepare for a {camera.width}x{camera.height} camera: {error}')
        if not self._warned and (unseen := estimator.view(camera).unseen):
            self._warned = True  # diagnostics keep reporting it
            self._log.warning(unseen)


def _image_size(info: CameraInfo) -> tuple[int, int]:
    """Return width and height of the images of a calibration, with its region of interest and binning applied."""
    roi = info.roi
    width, height = (roi.width or info.width), (roi.height or info.height)
    return width // max(1, info.binning_x), height // max(1, info.binning_y)
