# SPDX-License-Identifier: Apache-2.0
"""From the nearest obstacles in sectors to messages. Headers are not changed."""

import math
from array import array

import numpy as np
from geometry_msgs.msg import TransformStamped
from sensor_msgs.msg import LaserScan, Range
from std_msgs.msg import Float32

from optidepthnet_ros.obstacles.flight_controller import INCREMENT, SECTORS, ranges_for_mavros
from optidepthnet_ros.obstacles.mounting import Mounting
from optidepthnet_ros.obstacles.sectors import Sectors


def write_scan(message: LaserScan, ranges: np.ndarray, sectors: Sectors, min_range: float, max_range: float) -> None:
    """Write a scan in the levelled frame; +Inf is free, NaN is unknown (REP-117).

    Nearer ranges are reported as ``min_range``, because readers ignore ranges outside the limits.

    :param ranges: (sectors,) float32 metres
    """
    angles = sectors.angles()
    message.angle_min, message.angle_max = float(angles[0]), float(angles[-1])
    message.angle_increment = sectors.width
    _write_ranges(message, np.maximum(ranges, np.float32(min_range)), min_range, max_range)


def write_scan_for_mavros(message: LaserScan, ranges: np.ndarray, min_range: float, max_range: float) -> None:
    """Write what MAVROS's ``obstacle/send`` expects: clockwise, unlike a scan of REP-103.

    :param ranges: (72,) metres anticlockwise around the vehicle
    """
    message.angle_min, message.angle_increment = 0.0, math.radians(INCREMENT)
    message.angle_max = message.angle_increment * (SECTORS - 1)
    _write_ranges(message, ranges_for_mavros(ranges, min_range, max_range), min_range, max_range)


def write_range(message: Range, distance: float, fov: float, min_range: float, max_range: float) -> None:
    """Write the nearest obstacle of all sectors; +Inf is free, NaN is unknown (REP-117).

    :param fov: radians, of all sectors together
    """
    message.radiation_type = Range.INFRARED  # the only other type in the message is ultrasound
    message.field_of_view, message.min_range, message.max_range = fov, min_range, max_range
    message.range = max(distance, min_range) if math.isfinite(distance) else distance


def write_number(message: Float32, value: float) -> None:
    """Write a number."""
    message.data = value


def write_level(message: TransformStamped, mounting: Mounting, frame: str) -> None:
    """Write the pose of the levelled frame in the frame of the camera, which the header names.

    :param frame: name of the levelled frame
    """
    message.child_frame_id = frame
    q = message.transform.rotation
    q.x, q.y, q.z, q.w = _quaternion(mounting.rotation.T)


def _write_ranges(message: LaserScan, ranges: np.ndarray, min_range: float, max_range: float) -> None:
    message.range_min, message.range_max = min_range, max_range
    message.ranges = array('f', ranges.astype(np.float32).tobytes())


def _quaternion(rotation: np.ndarray) -> tuple[float, float, float, float]:
    """Return x, y, z, w of a rotation matrix."""
    # The eigenvector of the largest eigenvalue (Bar-Itzhack 2000), which works for every angle.
    (a, b, c), (d, e, f), (g, h, i) = rotation
    symmetric = np.array(
        [
            [a - e - i, b + d, c + g, h - f],
            [b + d, e - a - i, f + h, c - g],
            [c + g, f + h, i - a - e, d - b],
            [h - f, c - g, d - b, a + e + i],
        ]
    )
    x, y, z, w = np.linalg.eigh(symmetric)[1][:, -1]
    return float(x), float(y), float(z), float(w)
