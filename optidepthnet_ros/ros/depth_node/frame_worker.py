# SPDX-License-Identifier: Apache-2.0
"""Processes one frame at a time in its own thread, so that callbacks and transitions never have to wait."""

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

from optidepthnet_ros.ros.depth_node.frame_statistics import REPLACED, FrameStatistics
from optidepthnet_ros.ros.depth_node.latest_slot import LatestSlot

Frame = TypeVar('Frame')


class FrameWorker(Generic[Frame]):
    """Passes offered frames to a function, one at a time; meanwhile one more frame may wait, and the newest wins."""

    def __init__(self, process: Callable[[Frame, float], None], statistics: FrameStatistics):
        """
        Start the thread.

        :param process: called with each frame and the seconds that it waited; it must not raise
        :param statistics: counts frames that arrived and frames that were replaced
        """
        self._process = process
        self._statistics = statistics
        self._slot = LatestSlot[tuple[Frame, float]]()
        self._thread = threading.Thread(target=self._run, name='frame_worker')
        self._thread.start()

    def offer(self, frame: Frame) -> None:
        """Queue the frame; return immediately."""
        self._statistics.arrived()
        if self._slot.put((frame, time.monotonic())):
            self._statistics.dropped(REPLACED)

    def forget_waiting(self, reason: str) -> None:
        """Drop the queued frame."""
        if self._slot.clear():
            self._statistics.dropped(reason)

    def stop(self) -> None:
        """Drop the queued frame and return when the current one is done."""
        self._slot.close()
        self._thread.join()

    def _run(self) -> None:
        while (waiting := self._slot.take()) is not None:
            frame, since = waiting
            self._process(frame, time.monotonic() - since)
