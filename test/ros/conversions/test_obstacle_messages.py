# SPDX-License-Identifier: Apache-2.0
"""Sectors in messages: limits, order, and the values for free and unknown."""

import math
from types import SimpleNamespace

import numpy as np
import pytest
from geometry_msgs.msg import TransformStamped
from sensor_msgs.msg import LaserScan, Range

from optidepthnet_ros.obstacles.mounting import Mounting
from optidepthnet_ros.obstacles.sectors import Sectors
from optidepthnet_ros.ros.conversions.obstacle_messages import (
    write_level,
    write_range,
    write_scan,
    write_scan_for_mavros,
)
from optidepthnet_ros.ros.conversions.px4_message import write_obstacle_distance


def test_a_scan_is_anticlockwise_and_no_range_is_below_its_minimum():
    message = LaserScan()
    write_scan(message, np.array([0.05, math.inf, math.nan, 2], np.float32), Sectors(-0.2, 0.1, 4), 0.1, 5.0)
    np.testing.assert_array_equal(message.ranges, np.array([0.1, math.inf, math.nan, 2], np.float32))
    assert message.ranges[0] >= message.range_min
    assert (message.range_min, message.range_max) == pytest.approx((0.1, 5))
    assert (message.angle_min, message.angle_max, message.angle_increment) == pytest.approx((-0.2, 0.1, 0.1))


def test_mavros_gets_72_clockwise_ranges_that_start_straight_ahead():
    message, ranges = LaserScan(), np.full(72, np.nan, np.float32)
    ranges[[0, 18, 54]] = 1, 2, math.inf  # ahead, left, right
    write_scan_for_mavros(message, ranges, 0.1, 5.0)
    assert [message.ranges[index] for index in (0, 18, 54)] == pytest.approx([1, 5.015, 2])
    assert np.isnan(message.ranges).sum() == 69
    assert message.angle_min == 0 and math.degrees(message.angle_increment) == pytest.approx(5)
    assert math.degrees(message.angle_max) == pytest.approx(355)


@pytest.mark.parametrize('distance, said', [(2.0, 2.0), (0.01, 0.1), (math.inf, math.inf)])
def test_a_range_is_within_its_limits_or_infinite(distance, said):
    message = Range()
    write_range(message, distance, 1.0, 0.1, 5.0)
    assert message.range == pytest.approx(said)
    write_range(message, math.nan, 1.0, 0.1, 5.0)
    assert math.isnan(message.range)


def test_the_level_frame_is_rotated_according_to_the_mounting():
    mounting = Mounting(0.35, -0.09, 0.4)
    message = TransformStamped()
    write_level(message, mounting, 'camera_level')
    q = message.transform.rotation
    x, y, z, w = q.x, q.y, q.z, q.w
    in_camera = [2 * (x * z + w * y), 2 * (y * z - w * x), 1 - 2 * (x * x + y * y)]  # its z axis
    np.testing.assert_allclose(mounting.rotation @ in_camera, [0, 0, 1], atol=1e-9)
    ahead = [1 - 2 * (y * y + z * z), 2 * (x * y + w * z), 2 * (x * z - w * y)]  # its x axis
    np.testing.assert_allclose(mounting.rotation @ ahead, [1, 0, 0], atol=1e-9)
    assert message.child_frame_id == 'camera_level'


def test_px4_gets_its_own_message():
    """The fields are those of px4_msgs/msg/ObstacleDistance.msg."""
    message = SimpleNamespace(MAV_FRAME_BODY_FRD=12, MAV_DISTANCE_SENSOR_INFRARED=2)
    ranges = np.full(72, np.nan, np.float32)
    ranges[[0, 18, 54]] = 1, 2, math.inf
    write_obstacle_distance(message, 1_500_000_000, ranges, 0.1, 5.0)
    assert (message.timestamp, message.frame, message.sensor_type) == (1_500_000, 12, 2)
    assert (message.increment, message.angle_offset) == (5.0, 0.0)
    assert (message.min_distance, message.max_distance) == (10, 500)
    assert message.distances[[0, 18, 54, 36]].tolist() == [100, 501, 200, 65535]
    assert message.distances.dtype == np.uint16 and message.distances.shape == (72,)
