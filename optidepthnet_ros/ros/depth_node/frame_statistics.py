# SPDX-License-Identifier: Apache-2.0
"""Counts what happens to frames, and how long each part of the work takes. Does not depend on ROS."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

# Reasons that are not faults.
REPLACED, UNHEARD, PREPARING = 'replaced by a newer one', 'nobody listens', 'preparing for its camera'


@dataclass(frozen=True)
class FrameTimes:
    """Times of one published frame, all in seconds.

    :param wait: time in the queue
    :param inference: from the message to metres, including decoding and rectification
    :param publish: filling and sending messages
    :param age: from its stamp until it was published, by the node's clock
    """

    wait: float
    inference: float
    publish: float
    age: float


@dataclass(frozen=True)
class FrameSummary:
    """An interval of time.

    :param seconds: its length
    :param silence: seconds since the last frame arrived, or since counting began
    :param arrived: number of frames, as ``published``
    :param times: the mean of each of :class:`FrameTimes`, and ``slowest`` the maximum; None without a frame
    :param dropped: frames by reason in this interval; ``all_dropped`` since counting began
    """

    seconds: float
    silence: float
    arrived: int
    published: int
    times: FrameTimes | None
    slowest: FrameTimes | None
    dropped: dict[str, int]
    all_dropped: dict[str, int]


@dataclass
class _Tally:
    since: float
    arrived: int = 0
    times: list[FrameTimes] = field(default_factory=list)
    dropped: Counter[str] = field(default_factory=Counter)


class FrameStatistics:
    """Updated by the threads that receive and process frames, read by the thread that reports.

    :param clock: returns monotonic seconds
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic):
        self._clock = clock
        self._lock = threading.Lock()
        self.restart()

    def restart(self) -> None:
        """Forget everything and start counting now."""
        with self._lock:
            self._tally = _Tally(self._clock())
            self._last_arrival = self._tally.since
            self._all_dropped: Counter[str] = Counter()

    def arrived(self) -> None:
        """Count a frame that arrived."""
        with self._lock:
            self._tally.arrived += 1
            self._last_arrival = self._clock()

    def dropped(self, reason: str, frames: int = 1) -> None:
        """Count frames for which nothing was published."""
        with self._lock:
            self._tally.dropped[reason] += frames

    def published(self, times: FrameTimes) -> None:
        """Count a frame that was processed."""
        with self._lock:
            self._tally.times.append(times)

    def collect(self) -> FrameSummary:
        """Summarise the time since the last call, and begin a new interval."""
        with self._lock:
            now = self._clock()
            tally, self._tally = self._tally, _Tally(now)
            self._all_dropped.update(tally.dropped)
            return FrameSummary(
                now - tally.since,
                now - self._last_arrival,
                tally.arrived,
                len(tally.times),
                _over(_mean, tally.times),
                _over(max, tally.times),
                dict(tally.dropped),
                dict(self._all_dropped),
            )


def _over(function: Callable[[Sequence[float]], float], times: list[FrameTimes]) -> FrameTimes | None:
    """Apply a function to each of the four columns."""
    return FrameTimes(*map(function, zip(*(vars(one).values() for one in times)))) if times else None


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
