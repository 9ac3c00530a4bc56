"""Obstacles of exact depth, through real publishers: a crate appears in a room, and disappears when it is gone."""

import itertools
import math
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from sensor_msgs.msg import LaserScan, Range
from std_msgs.msg import Float32, Header

from optidepthnet_ros.geometry.camera import Camera
from optidepthnet_ros.ros.depth_node.connections import Connections
from optidepthnet_ros.ros.depth_node.obstacle_outputs import OBSTACLE_OUTPUTS, ObstacleOutputs
from optidepthnet_ros.ros.depth_node.parameters import Parameters

HOUSE = Path(__file__).parents[2] / 'obstacles' / 'house'  # see ATTRIBUTION.md there
CAMERA = Camera(160, 120, 228.5037 / 2, 228.5037 / 2, 80.0, 60.0)
PARAMETERS = Parameters(
    max_depth=20.0,
    obstacles_camera_height=0.437,
    obstacles_camera_pitch=math.radians(19.98),
    obstacles_camera_roll=math.radians(-5.21),
    obstacles_min_height=0.1,
    obstacles_max_height=1.0,
    obstacles_sector_width=math.radians(5),
)

ROUNDS = itertools.count(1)


@pytest.fixture
def outputs(bare_node):
    bare_node.trigger_configure()
    outputs = ObstacleOutputs(bare_node, Connections(bare_node))
    bare_node.trigger_activate()
    yield outputs
    outputs.destroy()


def seen(name):
    return cv2.imread(str(HOUSE / f'{name}.png'), cv2.IMREAD_UNCHANGED).astype(np.float32) / 1000


def header(tenths):
    message = Header(frame_id='camera')
    message.stamp.sec, message.stamp.nanosec = divmod(tenths * 100_000_000, 10**9)
    return message


@pytest.mark.parametrize('topic', OBSTACLE_OUTPUTS)
def test_every_topic_alone_is_heard_and_filled(outputs, robot, topic):
    assert not outputs.are_heard()
    messages = robot.listen(OBSTACLE_OUTPUTS[topic], topic)
    robot.wait_until(outputs.are_heard)
    robot.wait_until(lambda: messages, lambda: outputs.publish(header(1), seen('free'), CAMERA, PARAMETERS))
    if topic != 'depth/time_to_contact':
        assert messages[0].header.stamp.nanosec == 100_000_000
        frame = 'base_link_frd' if topic == 'depth/obstacle_distance' else 'camera_level'
        assert messages[0].header.frame_id == frame


def publish_until_received(robot, outputs, depth, parameters, *received):
    """Return the newest message of each list, which is of this depth."""
    stamps = itertools.count(100_000 * next(ROUNDS))
    first = next(stamps)
    robot.wait_until(
        lambda: all(messages and is_since(messages[-1], first) for messages in received),
        lambda: outputs.publish(header(next(stamps)), depth, CAMERA, parameters),
    )
    return [messages[-1] for messages in received]


def is_since(message, tenths):
    return message.header.stamp.sec >= tenths / 10


def test_a_crate_appears_and_disappears(outputs, robot):
    received = (
        robot.listen(LaserScan, 'depth/scan'),
        robot.listen(LaserScan, 'depth/obstacle_distance'),
        robot.listen(Range, 'depth/nearest'),
    )
    for name, ahead, circle, nearest in (
        ('free', math.inf, 5.015, 2.29),  # furniture at the side
        ('crate', 1.2, 1.18, 1.18),
        ('free', math.inf, 5.015, 2.29),
    ):
        messages = publish_until_received(robot, outputs, seen(name), PARAMETERS, *received)
        middle = len(messages[0].ranges) // 2
        assert list(messages[0].ranges[middle - 1 : middle + 2]) == pytest.approx([ahead] * 3, rel=0.05)
        assert (messages[1].ranges[0], messages[2].range) == pytest.approx((circle, nearest), rel=0.05)


def test_unknown_depth_is_unknown_everywhere(outputs, robot):
    messages = {topic: robot.listen(kind, topic) for topic, kind in OBSTACLE_OUTPUTS.items()}
    unknown = np.full((120, 160), np.nan, np.float32)
    robot.wait_until(lambda: all(messages.values()), lambda: outputs.publish(header(0), unknown, CAMERA, PARAMETERS))
    assert np.isnan(messages['depth/scan'][0].ranges).all()
    assert np.isnan(messages['depth/obstacle_distance'][0].ranges).all()
    assert math.isnan(messages['depth/nearest'][0].range) and math.isnan(messages['depth/time_to_contact'][0].data)


def test_what_comes_nearer_has_a_time_to_contact(outputs, robot):
    """At 10 Hz and 1 m/s."""
    contacts = robot.listen(Float32, 'depth/time_to_contact')
    robot.wait_until(outputs.are_heard)
    level = Parameters(obstacles_min_height=-0.3)
    for tenth in range(8):
        wall = np.full((120, 160), 4 - 0.1 * tenth, np.float32)
        outputs.publish(header(tenth), wall, CAMERA, level)
        robot.wait_until(lambda count=tenth: len(contacts) > count)
    assert contacts[-1].data == pytest.approx(3.3, rel=0.02)


def test_parameters_count_from_the_next_frame(outputs, robot):
    scans = robot.listen(LaserScan, 'depth/scan')
    for changes, expected in (({}, 1.18), ({'obstacles_max_range': 1.0}, math.inf), ({'obstacles_frame': 'x'}, 1.18)):
        (scan,) = publish_until_received(robot, outputs, seen('crate'), replace(PARAMETERS, **changes), scans)
        assert scan.ranges[len(scan.ranges) // 2] == pytest.approx(expected, rel=0.05)
    assert scan.header.frame_id == 'x'
