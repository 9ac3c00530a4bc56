# SPDX-License-Identifier: Apache-2.0
"""px4_msgs/ObstacleDistance, where px4_msgs is installed: PX4's own message for its collision prevention."""

from importlib import import_module
from typing import Any

import numpy as np

from optidepthnet_ros.obstacles.flight_controller import INCREMENT, centimetres, distances_in_centimetres


def obstacle_distance_type() -> type | None:
    """Return the message's class; None where px4_msgs is not installed, or cannot be imported."""
    try:
        return import_module('px4_msgs.msg').ObstacleDistance
    except (ImportError, AttributeError):
        return None


def write_obstacle_distance(
    message: Any, nanoseconds: int, ranges: np.ndarray, min_range: float, max_range: float
) -> None:
    """Write the message: body frame, 72 sectors clockwise, centimetres.

    :param nanoseconds: stamp of the frame; PX4 expects ROS time in microseconds, which its uXRCE-DDS client converts
    :param ranges: (72,) metres anticlockwise around the vehicle
    """
    message.timestamp = nanoseconds // 1000
    message.frame = message.MAV_FRAME_BODY_FRD
    message.sensor_type = message.MAV_DISTANCE_SENSOR_INFRARED
    message.increment, message.angle_offset = INCREMENT, 0.0
    message.min_distance, message.max_distance = centimetres(min_range), centimetres(max_range)
    message.distances = distances_in_centimetres(ranges, min_range, max_range)
