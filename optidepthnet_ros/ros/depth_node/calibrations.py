"""The calibrations that have come, and which of them a frame was taken with."""

import threading
import time
from collections.abc import Callable

import numpy as np
from sensor_msgs.msg import CameraInfo
from std_msgs.msg import Header

from optidepthnet_ros.geometry.camera import CalibrationError

_KEPT = 10
_PATIENCE = 0.05  # seconds that a frame waits for the calibration with its stamp
_SETTLED = 2.0  # seconds without a change after which the latest calibration counts for any frame


class Calibrations:
    """Finds the calibration of a frame: the one with its stamp, or else the latest one, unless that is changing.

    Drivers send image and calibration with one stamp, in either order, so a frame waits a moment for its own. Where
    none came in time, others do not wait until stamps are seen to agree again: some calibrations are sent just now
    and then, and without a stamp. All methods may be called from any thread.

    Some drivers name the frames of image and calibration differently, and no metre depends on a name. But something
    must say that they are of one camera: where the frames differ, the stamps have to agree, and nothing may be
    changing.

    :param clock: steady seconds
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic):
        self._clock = clock
        self._came = threading.Condition()
        self.changes = 0
        self.late = 0  # frames that waited in vain
        self.other_frame_id = ''  # of the calibration of the last frame, where the image has another
        self.forget()

    def forget(self) -> None:
        """Start anew, as before the first one came."""
        with self._came:
            self._by_stamp: dict[tuple[int, int], CameraInfo] = {}
            self._latest: CameraInfo | None = None
            self._content: tuple[object, ...] | None = None
            self._changed_at = -_SETTLED
            self._asked: tuple[int, int] | None = None
            self._paired = True
            self._ever_paired = False

    def take(self, info: CameraInfo) -> None:
        """Keep one that has come; what says the same as the one before becomes the same object."""
        stamp, content = _stamp(info.header), _content(info)
        with self._came:
            if content == self._content:
                info = self._latest
            elif self._content is not None:
                self.changes += 1
                self._changed_at = self._clock()
            self._latest, self._content = info, content
            self._by_stamp.pop(stamp, None)
            self._by_stamp[stamp] = info
            if len(self._by_stamp) > _KEPT:
                del self._by_stamp[next(iter(self._by_stamp))]
            if stamp == self._asked:
                self._paired = self._ever_paired = True
            self._came.notify_all()

    def of_frame(self, header: Header) -> CameraInfo:
        """Return the calibration of the frame with this header; may wait a moment.

        :raises CalibrationError: none has come, or whether one of those that have is of this frame is not known
        """
        stamp = _stamp(header)
        with self._came:
            own = self._wait_for(stamp)
            info = self._latest if own is None else own
            if info is None:
                raise CalibrationError('none has come yet: publish it there, or remap camera_info', 'missing')
            if own is None and self.is_changing() and _stamp(info.header) != (0, 0):
                raise CalibrationError(
                    'it is changing, and none has come with the stamp of this frame: give image and '
                    'camera_info of one frame the same stamp',
                    'changing',
                )
            same_frame = _are_one_frame(info.header.frame_id, header.frame_id)
            self.other_frame_id = '' if same_frame else info.header.frame_id
            if not same_frame and (own is None or stamp == (0, 0) or self.is_changing()):
                raise CalibrationError(
                    f"it has frame_id '{info.header.frame_id}', the image '{header.frame_id}', and their stamps do not "
                    'show that they belong together: remap camera_info, or let the driver give both one frame_id or '
                    'one stamp',
                    'other frame_id',
                )
            return info

    def _wait_for(self, stamp: tuple[int, int]) -> CameraInfo | None:
        """Return the calibration with this stamp; None if it does not come."""
        self._asked = stamp
        if stamp not in self._by_stamp and self._paired:
            self._paired = self._came.wait_for(lambda: stamp in self._by_stamp, _PATIENCE)
            self.late += self._ever_paired and not self._paired
        if stamp in self._by_stamp:
            self._paired = self._ever_paired = True
        return self._by_stamp.get(stamp)

    def is_changing(self) -> bool:
        """Whether the last change is so fresh that others must be expected."""
        return self._clock() - self._changed_at < _SETTLED


def _stamp(header: Header) -> tuple[int, int]:
    return header.stamp.sec, header.stamp.nanosec


def _are_one_frame(of_info: str, of_image: str) -> bool:
    # tf names had a leading slash once, and an empty name fits all.
    return not (of_info and of_image) or of_info.lstrip('/') == of_image.lstrip('/')


def _content(info: CameraInfo) -> tuple[object, ...]:
    """Return all but the stamp, to compare; NaN is equal to NaN here."""
    roi = info.roi
    return (
        info.header.frame_id,
        info.height,
        info.width,
        info.distortion_model,
        *(np.asarray(values).tobytes() for values in (info.d, info.k, info.r, info.p)),
        info.binning_x,
        info.binning_y,
        roi.x_offset,
        roi.y_offset,
        roi.height,
        roi.width,
    )
