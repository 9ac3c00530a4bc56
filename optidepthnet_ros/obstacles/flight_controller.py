# SPDX-License-Identifier: Apache-2.0
"""Nearest obstacles as flight controllers have them: 72 sectors of 5 degrees, clockwise from straight ahead (FRD).

The rules are those of MAVLink's OBSTACLE_DISTANCE, as PX4's ``CollisionPrevention`` and ArduPilot's
``AP_Proximity_MAV`` read it: a sector is unknown, or free, or has its distance in whole centimetres.
"""

import math

import numpy as np

SECTORS = 72
INCREMENT = 5.0  # degrees
UNKNOWN = 65535
_FARTHEST = UNKNOWN - 2  # centimetres: one more is free
_FREE = 0.015  # metres beyond the range: MAVROS cuts to whole centimetres, and must not reach the range itself
_INSIDE = 0.01  # metres within the range, where it must not cut beyond it


def clockwise(ranges: np.ndarray) -> np.ndarray:
    """Return anticlockwise sectors of a circle (N,) clockwise; the first stays."""
    return np.roll(ranges[::-1], 1)


def shared_with_neighbours(ranges: np.ndarray) -> np.ndarray:
    """Return sectors of a circle (N,) that are as near as the nearer of their neighbours; otherwise they stay.

    PX4 has 36 sectors of its own and reads every second of ours: what is in the others alone would be missed.
    """
    obstacles = np.where(np.isfinite(ranges), ranges, np.inf)
    nearest = np.minimum(obstacles, np.minimum(np.roll(obstacles, 1), np.roll(obstacles, -1)))
    return np.where(np.isfinite(nearest), nearest, ranges)


def centimetres(metres: float) -> int:
    """Return a limit in whole centimetres, as uint16 can say it; rounding of float32 does no harm."""
    return min(math.floor(100 * metres + 1e-3), _FARTHEST)


def distances_in_centimetres(ranges: np.ndarray, min_range: float, max_range: float) -> np.ndarray:
    """Return PX4's array: uint16 (72,) clockwise; 65535 unknown, ``max_range`` plus 1 cm free.

    Distances are rounded down, but not below ``min_range``: ArduPilot ignores what is nearer, and 0.

    :param ranges: (72,) metres anticlockwise; +Inf free, NaN unknown
    """
    ordered, nearest, farthest = clockwise(ranges), max(1, centimetres(min_range)), centimetres(max_range)
    distances = np.full(SECTORS, UNKNOWN, np.uint16)
    finite = np.isfinite(ordered)
    distances[finite] = np.clip(np.floor(100 * ordered[finite] + 1e-3), nearest, farthest)
    distances[ordered == np.inf] = farthest + 1
    return distances


def ranges_for_mavros(ranges: np.ndarray, min_range: float, max_range: float) -> np.ndarray:
    """Return what MAVROS's ``obstacle/send`` makes into the same: float32 (72,) clockwise metres.

    MAVROS turns NaN and +Inf alike into unknown, so that free sectors are finite here, just beyond ``max_range``. It
    cuts everything to whole centimetres.

    :param ranges: (72,) metres anticlockwise; +Inf free, NaN unknown
    """
    ordered = clockwise(ranges).astype(np.float32)
    finite = np.isfinite(ordered)
    ordered[finite] = np.clip(ordered[finite], np.float32(min_range), np.float32(max_range - _INSIDE))
    ordered[ordered == np.inf] = max_range + _FREE
    return ordered
