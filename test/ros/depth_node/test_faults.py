# SPDX-License-Identifier: Apache-2.0
"""Two cameras, each with its own node: what happens to a node when its camera or the other node is killed."""

import signal
from pathlib import Path

import pytest
from process import Process, module
from robot import Robot
from sensor_msgs.msg import Image

FRAMES = Path(__file__).parents[3] / 'demo' / 'kitti_odometry'
WARN, ERROR = 1, 2


@pytest.fixture
def camera(domain_id, tmp_path):
    """Return a function that starts a camera in a separate process."""
    cameras = []

    def start():
        replay = 'optidepthnet_ros.ros.demo.nodes.camera_replay'
        cameras.append(
            Process(
                module(replay, FRAMES, '--frame-id', 'rear', '--ros-args', '-r', '__ns:=/rear'), domain_id, tmp_path
            )
        )
        return cameras[-1]

    yield start
    for process in cameras:
        process.kill()


@pytest.mark.long
def test_a_killed_camera_or_node_does_not_affect_the_others_and_can_restart(start_node, camera, domain_id):
    front_node = start_node('-r', '__ns:=/front')
    rear_node = start_node('-r', '__ns:=/rear')
    rear_camera = camera()
    with Robot(domain_id, '/front') as front, Robot(domain_id, '/rear') as rear:
        front_depth, rear_depth = (robot.listen(Image, 'depth/image_rect') for robot in (front, rear))
        front.drive(lambda: front_depth)
        rear.wait_until(lambda: rear_depth)
        assert {message.header.frame_id for message in rear_depth} == {'rear'}
        assert (front_depth[-1].width, rear_depth[-1].width) == (64, 640)

        front_node.signal(signal.SIGKILL)
        assert front_node.wait() == -signal.SIGKILL
        seen = len(rear_depth)
        rear.wait_until(lambda: len(rear_depth) > seen + 2)

        rear_camera.signal(signal.SIGKILL)
        rear.wait_for_status('input', ERROR, 'no image for')
        assert rear_node.is_alive()
        camera()
        front_node = start_node('-r', '__ns:=/front')  # as a launch file with respawn does
        seen, last = len(rear_depth), front.stamp
        rear.wait_until(lambda: len(rear_depth) > seen)
        assert rear.wait_for_status('input', WARN, 'Hz on /rear/image; 2 publishers')  # the robot also has a publisher
        front.drive(lambda: front_depth[-1].header.stamp.sec > last)
