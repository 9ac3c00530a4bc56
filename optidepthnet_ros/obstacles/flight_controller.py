# SPDX-License-Identifier: Apache-2.0
"""Nearest obstacles in the form of flight controllers: 72 sectors of 5 degrees, clockwise from straight ahead (FRD).

The format is MAVLink's OBSTACLE_DISTANCE, as PX4's ``CollisionPrevention`` and ArduPilot's
``AP_Proximity_MAV`` interpret it: a sector is unknown, or free, or has its distance in whole centimetres.
"""

import math

import numpy as np

SECTORS = 72
INCREMENT = 5.0  # degrees
UNKNOWN = 65535
_FARTHEST = UNKNOWN - 2  # centimetres: one more means free
_FREE = 0.015  # metres beyond the range: MAVROS truncates to whole centimetres, which must stay beyond the range
_INSIDE = 0.01  # metres within the range: truncation must not leave it


def clockwise(ranges: np.ndarray) -> np.ndarray:
    """Return the sectors of a circle (N,), given anticlockwise, in clockwise order; the first stays."""
    return np.roll(ranges[::-1], 1)


def shared_with_neighbours(ranges: np.ndarray) -> np.ndarray:
    """Return the sectors of a circle (N,), each at most as far as the nearer one of its neighbours.

    PX4 has 36 sectors of its own and reads every second one of ours: obstacles in the others would be missed.
    """
    obstacles = np.where(np.isfinite(ranges), ranges, np.inf)
    nearest = np.minimum(obstacles, np.minimum(np.roll(obstacles, 1), np.roll(obstacles, -1)))
    return np.where(np.isfinite(nearest), nearest, ranges)


def centimetres(metres: float) -> int:
    """Return a limit in whole centimetres that fit uint16; float32 rounding errors do not matter."""
    return min(math.floor(100 * metres + 1e-3), _FARTHEST)


def distances_in_centimetres(ranges: np.ndarray, min_range: float, max_range: float) -> np.ndarray:
    """Return PX4's array: uint16 (72,) clockwise; 65535 unknown, ``max_range`` plus 1 cm free.

    Distances are rounded down, but not below ``min_range``: ArduPilot ignores smaller distances, and 0.

    :param ranges: (72,) metres anticlockwise; +Inf free, NaN unknown
    """
    ordered, nearest, farthest = clockwise(ranges), max(1, centimetres(min_range)), centimetres(max_range)
    distances = np.full(SECTORS, UNKNOWN, np.uint16)
    finite = np.isfinite(ordered)
    distances[finite] = np.clip(np.floor(100 * ordered[finite] + 1e-3), nearest, farthest)
    distances[ordered == np.inf] = farthest + 1
    return distances


def ranges_for_mavros(ranges: np.ndarray, min_range: float, max_range: float) -> np.ndarray:
    """Return the ranges that MAVROS's ``obstacle/send`` converts to the same: float32 (72,) clockwise metres.

    MAVROS turns both NaN and +Inf into unknown. Free sectors are therefore finite here, just beyond ``max_range``. It
    truncates everything to whole centimetres.

    :param ranges: (72,) metres anticlockwise; +Inf free, NaN unknown
    """
    ordered = clockwise(ranges).astype(np.float32)
    finite = np.isfinite(ordered)
    ordered[finite] = np.clip(ordered[finite], np.float32(min_range), np.float32(max_range - _INSIDE))
    ordered[ordered == np.inf] = max_range + _FREE
    return ordered
