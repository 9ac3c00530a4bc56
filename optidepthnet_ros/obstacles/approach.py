# SPDX-License-Identifier: Apache-2.0
"""The nearest obstacle over time, and the time to contact with it.

Depth is corrected by a scale that changes while it is being measured. So distances are stored as they were before
the correction and compared with the current frame's correction applied: a change of the correction is not a motion.
"""

import math
from collections import deque

import numpy as np

from optidepthnet_ros.scale.correction import IDENTITY, Correction

_SECONDS = 1.0  # length of the past that is used
_LEAST = 4  # frames that are needed for a speed
_GAP = 0.5  # seconds without a frame after which the past is dropped
_JUMP = 0.3  # a larger relative change from frame to frame means that another obstacle became the nearest
_SLOWEST = 0.05  # metres per second from which on it is an approach


class Approach:
    """Estimates the time to contact from the distances of successive frames, at constant speed."""

    def __init__(self) -> None:
        self._past: deque[tuple[float, float]] = deque()  # seconds, and one over the distance before the correction

    def time_to_contact(self, seconds: float, distance: float, correction: Correction = IDENTITY) -> float:
        """Take the distance of the next frame; return the seconds until it is 0.

        :param seconds: stamp of the frame
        :param distance: metres, corrected; +Inf: nothing is there; NaN: unknown
        :param correction: correction of the frame's depth; its shift is applied to the distance, as if the obstacle
            were straight ahead
        :return: +Inf: nothing comes nearer; NaN: unknown, as in the first frames
        """
        if not math.isfinite(distance):
            self._past.clear()
            return distance
        if self._past and not self._continues(seconds, distance, correction):
            self._past.clear()
        self._past.append((seconds, (1 / distance - correction.shift) / correction.scale))
        while seconds - self._past[0][0] > _SECONDS:
            self._past.popleft()
        if len(self._past) < _LEAST:
            return math.nan
        times, uncorrected = np.array(self._past).T
        inverse = correction.inverse_depth(uncorrected)
        known = inverse > 0
        if np.count_nonzero(known) < _LEAST:
            return math.nan
        slope, _ = np.polyfit(times[known] - seconds, 1 / inverse[known], 1)
        return distance / -slope if slope < -_SLOWEST else math.inf

    def _continues(self, seconds: float, distance: float, correction: Correction) -> bool:
        before, uncorrected = self._past[-1]
        change = distance * (correction.scale * uncorrected + correction.shift) - 1
        return 0 < seconds - before <= _GAP and abs(change) <= _JUMP


def nearest_of(ranges: np.ndarray, in_view: np.ndarray) -> float:
    """Return the smallest distance of the sectors in view, metres: +Inf if all are free, else NaN if none has one.

    :param ranges: (N,) metres; +Inf free, NaN unknown
    :param in_view: bool (N,)
    """
    visible = ranges[in_view]
    if np.isfinite(visible).any():
        return float(np.nanmin(visible))
    return math.inf if len(visible) and np.isposinf(visible).all() else math.nan
