# SPDX-License-Identifier: Apache-2.0
"""Received calibrations, and which of them belongs to a frame."""

import threading
import time
from collections.abc import Callable
from typing import TypeAlias

from sensor_msgs.msg import CameraInfo
from std_msgs.msg import Header

from optidepthnet_ros.geometry.camera import CalibrationError
from optidepthnet_ros.messages.camera_info import content_of

_KEPT = 100  # calibrations, which are found by their stamps
_CONTENTS = 4  # different calibrations: a few sizes or cameras may alternate on a topic
_REMEMBERED = 10  # last frames, to decide whether each frame has a calibration
_MOST = 0.75  # fraction of these with a calibration from which on every frame is expected to have one
_PATIENCE = 0.25  # seconds that a frame then waits for its calibration
_FIRST_PATIENCE = 0.05  # seconds that the first frame waits
_SETTLED = 2.0  # seconds without a change after which the latest calibration is valid for any frame
_NO_STAMP = (0, 0)

Stamp: TypeAlias = tuple[int, int]


class Calibrations:
    """Finds the calibration of a frame: the one with its stamp, or else the latest one if that cannot be wrong.

    Drivers send image and calibration with the same stamp, in either order, so a frame waits for its calibration. If
    most of the last frames had their own calibration, in time or late, a frame without one is rejected: the lens may
    just have changed. Otherwise the latest calibration is used, unless calibrations are changing, because some drivers
    send calibrations only occasionally, or without a stamp.

    A calibration belongs to one frame, the next one with its stamp, because some stamps repeat. Two different
    calibrations with the same stamp are of two cameras on one topic, and neither is used.

    Some drivers give image and calibration different frame_ids, and depth does not depend on the name. But something
    must show that both are of the same camera: if the frame_ids differ, the stamps must agree, and calibrations must
    not be changing.

    All methods may be called from any thread.

    :param clock: returns monotonic seconds
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic):
        self._clock = clock
        self._came = threading.Condition()
        self.changes = 0
        self.late = 0  # frames whose calibration did not arrive in time
        self.other_frame_id = ''  # of the calibration of the last frame, if the image has a different one
        self.forget()

    def forget(self) -> None:
        """Start again, as before the first calibration."""
        with self._came:
            self._by_stamp: dict[Stamp, CameraInfo] = {}
            self._used: set[Stamp] = set()  # stamps of calibrations that a frame has used
            self._latest: CameraInfo | None = None
            self._content: tuple[object, ...] | None = None
            self._contents: dict[tuple[object, ...], CameraInfo] = {}  # the last one used is at the end
            self._changed_at = self._contested_at = -_SETTLED
            self._had_own: dict[Stamp, bool] = {}  # for the last frames, whether in time or late

    def take(self, info: CameraInfo) -> None:
        """Keep a calibration; one with the same content as one of the last few becomes the same object."""
        stamp, content = _stamp(info.header), content_of(info)
        with self._came:
            if self._latest is None:
                self._had_own.clear()  # frames before the first calibration do not count
            if content != self._content and self._content is not None:
                self.changes += 1
                self._changed_at = self._clock()
            info = self._same(content, info)
            self._latest, self._content = info, content
            if stamp != _NO_STAMP:
                self._keep(stamp, info)
            self._came.notify_all()

    def of_frame(self, header: Header) -> CameraInfo:
        """Return the calibration of the frame with this header; may wait a moment.

        :raises CalibrationError: there is none, or it is uncertain whether one belongs to this frame
        """
        stamp = _stamp(header)
        with self._came:
            expected = stamp != _NO_STAMP and self._come_with_each_frame()
            own = None if stamp == _NO_STAMP else self._wait_for(stamp)
            info = self._latest if own is None else own
            if info is None:
                raise CalibrationError('none has arrived yet: publish it there, or remap camera_info', 'missing')
            self._refuse_uncertain(own, expected)
            same_frame = _are_one_frame(info.header.frame_id, header.frame_id)
            self.other_frame_id = '' if same_frame else info.header.frame_id
            if not same_frame and (own is None or self.is_changing()):
                raise CalibrationError(
                    f"it has frame_id '{info.header.frame_id}', the image '{header.frame_id}', and their stamps do not "
                    'show that they belong together: remap camera_info, or make the driver give both the same '
                    'frame_id or the same stamp',
                    'other frame_id',
                )
            return info

    def is_changing(self) -> bool:
        """Whether the last change is so recent that others must be expected."""
        return self._is_fresh(self._changed_at)

    def _same(self, content: tuple[object, ...], info: CameraInfo) -> CameraInfo:
        """Return the first calibration with this content, if it is among the last few."""
        info = self._contents.pop(content, info)
        self._contents[content] = info
        if len(self._contents) > _CONTENTS:
            del self._contents[next(iter(self._contents))]
        return info

    def _keep(self, stamp: Stamp, info: CameraInfo) -> None:
        before = self._by_stamp.pop(stamp, None)
        if before is not None and _contradict(before, info):
            self._contested_at = self._clock()
        self._by_stamp[stamp] = info
        self._used.discard(stamp)
        if len(self._by_stamp) > _KEPT:
            oldest = next(iter(self._by_stamp))
            del self._by_stamp[oldest]
            self._used.discard(oldest)
        if stamp in self._had_own:
            self._had_own[stamp] = True

    def _wait_for(self, stamp: Stamp) -> CameraInfo | None:
        """Return the calibration with this stamp, which no other frame gets; None if it does not arrive."""
        came = self._came.wait_for(lambda: self._is_there(stamp), self._patience())
        self._had_own.pop(stamp, None)
        self._had_own[stamp] = came
        if len(self._had_own) > _REMEMBERED:
            del self._had_own[next(iter(self._had_own))]
        if not came:
            return None
        self._used.add(stamp)
        return self._by_stamp[stamp]

    def _is_there(self, stamp: Stamp) -> bool:
        return stamp in self._by_stamp and stamp not in self._used

    def _patience(self) -> float:
        if not self._had_own:
            return _FIRST_PATIENCE
        return _PATIENCE if self._come_with_each_frame() else 0.0

    def _come_with_each_frame(self) -> bool:
        return sum(self._had_own.values()) >= _MOST * len(self._had_own) > 0

    def _refuse_uncertain(self, own: CameraInfo | None, expected: bool) -> None:
        if self._is_fresh(self._contested_at):
            raise CalibrationError(
                'different ones arrived with the same stamp, as if from two cameras: let only one camera publish '
                'there, with a new stamp for each frame',
                'two for one stamp',
            )
        if own is not None:
            return
        if self.is_changing():
            raise CalibrationError(
                'it is changing, and none has arrived with the stamp of this frame: give image and camera_info of a '
                'frame the same stamp, and let only one camera publish there',
                'changing',
            )
        if expected:
            self.late += 1
            raise CalibrationError(
                f'none has arrived with the stamp of this frame within {_PATIENCE} s, unlike for most frames before: '
                'make the driver publish both together',
                'late',
            )

    def _is_fresh(self, moment: float) -> bool:
        return self._clock() - moment < _SETTLED


def _stamp(header: Header) -> Stamp:
    return header.stamp.sec, header.stamp.nanosec


def _contradict(one: CameraInfo, other: CameraInfo) -> bool:
    # If their frame_ids differ, the frame_id of the image selects one of them.
    return (
        one is not other
        and _are_one_frame(one.header.frame_id, other.header.frame_id)
        and content_of(one) != content_of(other)
    )


def _are_one_frame(of_info: str, of_image: str) -> bool:
    # tf names once had a leading slash, and an empty name matches all.
    return not (of_info and of_image) or of_info.lstrip('/') == of_image.lstrip('/')
