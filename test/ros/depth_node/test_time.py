# SPDX-License-Identifier: Apache-2.0
"""Stamps and clocks: old frames are not used, and a clock that jumps back resets the node."""

import re

from sensor_msgs.msg import Image


def test_simulated_time_old_frames_and_a_clock_that_jumps_back(start_node, robot):
    depth = robot.listen(Image, 'depth/image_rect')
    node = start_node('-p', 'use_sim_time:=true', '-p', 'max_frame_age:=5.0')

    def frame(age=0, info=True):
        robot.publish_clock(robot.stamp + 1 + age)
        if info:
            robot.publish_info(d=[0.1] * 5)
        robot.publish_frame()

    robot.stamp = 1_000_000  # days before the clock would get here again
    robot.wait_until(lambda: depth, frame)
    assert node.log.count('camera_info has lens distortion') == 1 and 'set the parameter rectify to true' in node.log

    robot.wait_for_status('output', 1, 'too old', lambda: frame(age=20))
    old = robot.stamp
    robot.wait_until(lambda: depth[-1].header.stamp.sec > old, frame)
    # It may be any frame: one that arrived before the first clock message is from the future.
    assert re.search(r"its stamp is -?\d+\.\d{3} s old by the node's clock, and max_frame_age is 5 s", node.log)

    # Wait for depth of later frames: a calibration still in transit could arrive after the clock has jumped.
    later = robot.stamp + 3
    robot.wait_until(lambda: depth[-1].header.stamp.sec > later, lambda: frame(info=False))

    robot.stamp = 100  # the recording restarts
    robot.wait_until(lambda: "the node's clock jumped by -" in node.log, lambda: frame(info=False))
    robot.wait_for_status('calibration', 2, 'missing', lambda: frame(info=False))
    assert 'dropped: too old or from the future' in robot.status('input')[2]  # counters are kept
    silent = robot.stamp
    robot.wait_until(lambda: silent < depth[-1].header.stamp.sec < 1_000_000, frame)
    assert not any(100 < message.header.stamp.sec <= silent for message in depth)
