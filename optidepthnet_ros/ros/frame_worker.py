"""Works on one frame at a time in a thread of its own, so that callbacks and transitions are never kept waiting."""

import threading
from collections.abc import Callable

from optidepthnet_ros.ros.latest_slot import LatestSlot


class FrameWorker:
    """Passes offered frames to a function, one at a time; while it works one more may wait, and the newest wins."""

    def __init__(self, process: Callable[[object], None]):
        """
        Start the thread.

        :param process: called with each frame; it must not raise
        """
        self._process = process
        self._slot = LatestSlot()
        self._thread = threading.Thread(target=self._run, name='frame_worker')
        self._thread.start()

    def offer(self, frame) -> None:
        """Let the frame wait for its turn; returns at once."""
        self._slot.put(frame)

    def stop(self) -> None:
        """Forget the waiting frame and return when the one in work is done."""
        self._slot.close()
        self._thread.join()

    def _run(self) -> None:
        while (frame := self._slot.take()) is not None:
            self._process(frame)
