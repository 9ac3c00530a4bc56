# SPDX-License-Identifier: Apache-2.0
"""Obstacles from exact depth through real publishers: a crate appears in a room and disappears again."""

import math
from dataclasses import replace

import numpy as np
import pytest
from geometry_msgs.msg import TransformStamped
from house import CAMERA, PARAMETERS, header, is_since, publish_until_received, seen
from rclpy.executors import SingleThreadedExecutor
from sensor_msgs.msg import LaserScan, Range
from std_msgs.msg import Float32

from optidepthnet_ros.obstacles.mounting import Mounting
from optidepthnet_ros.ros.conversions.obstacle_messages import write_level
from optidepthnet_ros.ros.depth_node.connections import Connections
from optidepthnet_ros.ros.depth_node.obstacle_outputs import OBSTACLE_OUTPUTS, ObstacleOutputs
from optidepthnet_ros.ros.depth_node.parameters import Parameters
from optidepthnet_ros.ros.support.transforms import StaticTransform, TfTransforms


@pytest.mark.parametrize('topic', OBSTACLE_OUTPUTS)
def test_each_topic_is_published_if_it_is_the_only_one_with_a_subscriber(obstacle_outputs, robot, topic):
    assert not obstacle_outputs.are_heard()
    messages = robot.listen(OBSTACLE_OUTPUTS[topic], topic)
    robot.wait_until(obstacle_outputs.are_heard)
    robot.wait_until(lambda: messages, lambda: obstacle_outputs.publish(header(1), seen('free'), CAMERA, PARAMETERS))
    if topic != 'depth/time_to_contact':
        assert messages[0].header.stamp.nanosec == 100_000_000
        frame = 'base_link_frd' if topic == 'depth/obstacle_distance' else 'camera_level'
        assert messages[0].header.frame_id == frame


def test_a_crate_appears_and_disappears(obstacle_outputs, robot):
    received = (
        robot.listen(LaserScan, 'depth/scan'),
        robot.listen(LaserScan, 'depth/obstacle_distance'),
        robot.listen(Range, 'depth/nearest'),
    )
    for name, ahead, circle, nearest in (
        ('free', math.inf, 5.015, 2.29),  # furniture to the side
        ('crate', 1.2, 1.18, 1.18),
        ('free', math.inf, 5.015, 2.29),
    ):
        messages = publish_until_received(robot, obstacle_outputs, seen(name), PARAMETERS, *received)
        middle = len(messages[0].ranges) // 2
        assert list(messages[0].ranges[middle - 1 : middle + 2]) == pytest.approx([ahead] * 3, rel=0.05)
        assert (messages[1].ranges[0], messages[2].range) == pytest.approx((circle, nearest), rel=0.05)


def test_unknown_depth_gives_no_scan_and_the_other_topics_are_unknown(obstacle_outputs, robot):
    """Nav2's collision monitor stops without a scan, but would treat NaN as free."""
    messages = {topic: robot.listen(kind, topic) for topic, kind in OBSTACLE_OUTPUTS.items()}
    scans = messages.pop('depth/scan')
    unknown = np.full((120, 160), np.nan, np.float32)
    robot.wait_until(
        lambda: all(messages.values()), lambda: obstacle_outputs.publish(header(0), unknown, CAMERA, PARAMETERS)
    )
    robot.wait_until(lambda: scans, lambda: obstacle_outputs.publish(header(10), seen('free'), CAMERA, PARAMETERS))
    assert all(is_since(scan, 10) for scan in scans)
    assert np.isnan(messages['depth/obstacle_distance'][0].ranges).all()
    assert math.isnan(messages['depth/nearest'][0].range) and math.isnan(messages['depth/time_to_contact'][0].data)


def test_an_approaching_wall_has_a_time_to_contact(obstacle_outputs, robot):
    """At 10 Hz and 1 m/s."""
    contacts = robot.listen(Float32, 'depth/time_to_contact')
    robot.wait_until(obstacle_outputs.are_heard)
    level = Parameters(obstacles_min_height=-0.3)
    for tenth in range(8):
        wall = np.full((120, 160), 4 - 0.1 * tenth, np.float32)
        obstacle_outputs.publish(header(tenth), wall, CAMERA, level)
        robot.wait_until(lambda count=tenth: len(contacts) > count)
    assert contacts[-1].data == pytest.approx(3.3, rel=0.02)


def test_the_mounting_may_come_from_a_transform(bare_node, robot):
    """The transform replaces the parameters for the house camera's mounting above the ground."""
    p = PARAMETERS
    mounting = Mounting(p.obstacles_camera_pitch, p.obstacles_camera_roll, p.camera_height)
    bare_node.trigger_configure()
    transforms = StaticTransform(pose_below(mounting))
    outputs = ObstacleOutputs(bare_node, Connections(bare_node), transforms)
    bare_node.trigger_activate()
    scans = robot.listen(LaserScan, 'depth/scan')
    unset = replace(p, obstacles_camera_pitch=0.0, obstacles_camera_roll=0.0, camera_height=0.0)
    from_camera = {'obstacles_min_height': p.obstacles_min_height - mounting.height, 'obstacles_level_only': True}
    for parameters in (unset, replace(unset, **from_camera, obstacles_max_height=0.5)):
        (scan,) = publish_until_received(robot, outputs, seen('crate'), parameters, scans)
        assert scan.ranges[len(scan.ranges) // 2] == pytest.approx(1.18, rel=0.05)
    outputs.destroy()


def test_tf_gives_the_mounting_of_the_camera(bare_node, robot):
    """Until the transform arrives, there is no scan."""
    pytest.importorskip('tf2_ros', reason='tf2_ros is only part of a full ROS 2')
    from tf2_msgs.msg import TFMessage

    p = replace(PARAMETERS, obstacles_base_frame='base_footprint', obstacles_camera_pitch=0.0)
    mounting = Mounting(PARAMETERS.obstacles_camera_pitch, p.obstacles_camera_roll, p.camera_height)
    bare_node.trigger_configure()
    outputs = ObstacleOutputs(bare_node, Connections(bare_node), TfTransforms(bare_node, 'set it'))
    bare_node.trigger_activate()
    executor = SingleThreadedExecutor(context=bare_node.context)
    executor.add_node(bare_node)
    scans = robot.listen(LaserScan, 'depth/scan')
    robot.wait_until(outputs.are_heard)
    outputs.publish(header(0), seen('crate'), CAMERA, p)
    transform = TransformStamped(child_frame_id='base_footprint')
    transform.header.frame_id = 'camera'
    t, r = transform.transform.translation, transform.transform.rotation
    t.x, t.y, t.z, r.x, r.y, r.z, r.w = map(float, pose_below(mounting))

    def send():
        transform.header.stamp = header(10).stamp
        robot.publish_message('/tf', TFMessage(transforms=[transform]))
        executor.spin_once(timeout_sec=0.05)
        outputs.publish(header(10), seen('crate'), CAMERA, p)

    robot.wait_until(lambda: scans, send)
    assert is_since(scans[0], 10)
    assert scans[0].ranges[len(scans[0].ranges) // 2] == pytest.approx(1.18, rel=0.05)
    executor.shutdown()
    outputs.destroy()


def pose_below(mounting):
    """Return x, y, z and a quaternion: a frame on the ground below a camera, in the camera's optical frame."""
    message = TransformStamped()
    write_level(message, mounting, 'level')
    down, q = -mounting.height * mounting.rotation.T[:, 2], message.transform.rotation
    return (*down, q.x, q.y, q.z, q.w)


def test_changed_parameters_apply_from_the_next_frame(obstacle_outputs, robot):
    scans = robot.listen(LaserScan, 'depth/scan')
    for changes, expected in (
        ({}, 1.18),
        ({'obstacles_max_range': 1.0}, math.inf),
        ({'obstacles_fit_ground': True}, 1.18),
        ({'obstacles_frame': 'x'}, 1.18),
    ):
        (scan,) = publish_until_received(robot, obstacle_outputs, seen('crate'), replace(PARAMETERS, **changes), scans)
        assert scan.ranges[len(scan.ranges) // 2] == pytest.approx(expected, rel=0.05)
    assert scan.header.frame_id == 'x'
