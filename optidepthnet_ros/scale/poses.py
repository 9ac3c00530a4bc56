# SPDX-License-Identifier: Apache-2.0
"""Poses of a body over time."""

import threading
from bisect import bisect_left
from collections import deque
from operator import itemgetter

import numpy as np
from numpy.typing import ArrayLike

from optidepthnet_ros.geometry.rigid import rigid_transform

_GAP = 500_000_000  # largest time between two poses in nanoseconds for interpolation


class PoseBuffer:
    """Takes poses from any thread, and interpolates between them.

    :param kept: number of newest poses that are kept; None: all
    """

    def __init__(self, kept: int | None = 1000) -> None:
        self._lock = threading.Lock()
        self._poses: deque[tuple[int, np.ndarray, np.ndarray]] = deque(maxlen=kept)

    def add(self, stamp: int, position: ArrayLike, orientation: ArrayLike) -> None:
        """Take a pose; if it is not later than the last one, all earlier poses are dropped.

        :param stamp: nanoseconds
        :param position: (3,) metres
        :param orientation: x, y, z, w of a quaternion
        """
        with self._lock:
            if self._poses and stamp <= self._poses[-1][0]:
                self._poses.clear()
            self._poses.append((stamp, np.array(position, float), np.array(orientation, float)))

    @property
    def newest(self) -> int | None:
        """Stamp of the newest pose; None: there is none."""
        with self._lock:
            return self._poses[-1][0] if self._poses else None

    def at(self, stamp: int) -> np.ndarray | None:
        """Return the interpolated transform of points from the body to the fixed frame, (4, 4); None if unknown.

        :raises ValueError: an orientation is not a unit quaternion
        """
        with self._lock:
            poses = list(self._poses)
        place = bisect_left(poses, stamp, key=itemgetter(0))
        if place == len(poses):
            return None
        end, *after = poses[place]
        if end == stamp:
            return rigid_transform(*after)
        if place == 0:
            return None
        start, *before = poses[place - 1]
        return _between(before, after, (stamp - start) / (end - start)) if end - start <= _GAP else None


def _between(before: list[np.ndarray], after: list[np.ndarray], share: float) -> np.ndarray:
    (position, orientation), (next_position, next_orientation) = before, after
    if orientation @ next_orientation < 0:  # both signs are the same rotation
        next_orientation = -next_orientation
    mixed = orientation + share * (next_orientation - orientation)
    length = np.linalg.norm(mixed)
    return rigid_transform(position + share * (next_position - position), mixed / length if length else mixed)
