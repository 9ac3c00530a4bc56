# SPDX-License-Identifier: Apache-2.0
"""A camera that repeats its images, and a covered camera in a real node."""

import numpy as np
from sensor_msgs.msg import Image

from optidepthnet_ros.ros.depth_node.input_watch import InputWatch

OK, ERROR = 0, 2


def test_images_may_repeat_a_limited_number_of_times():
    watch, images = InputWatch(), np.random.default_rng(0).integers(0, 256, (2, 48, 64, 3), np.uint8)
    assert [watch.judge(images[0], 3) for _ in range(5)] == ['', '', '', 'frozen', 'frozen']
    assert 'max_identical_frames to 0' in watch.remedy()
    assert watch.judge(images[1], 3) == '' and watch.judge(images[0], 3) == ''
    assert [watch.judge(images[0], 0) for _ in range(9)] == [''] * 9


def test_a_covered_camera_gives_unknown_depth_and_is_reported(start_node, robot):
    # The identical black images until diagnostics arrive must not count as a frozen camera, however many they are.
    settings = 'min_depth:=0.0', 'max_depth:=1000.0', 'edge_filter_threshold:=0.0', 'max_identical_frames:=0'
    node = start_node(*(part for setting in settings for part in ('-p', setting)))
    depths = robot.listen(Image, 'depth/image_rect')
    robot.drive(lambda: depths)

    def drive():
        robot.publish_info()
        robot.publish_frame()

    robot.wait_for_status('image', OK, 'ok', drive)
    assert np.isfinite(values(depths[-1])).any()

    black = Image(width=64, height=48, encoding='mono8', step=64, data=bytes(64 * 48))

    def cover():
        robot.publish_info()
        robot.stamp += 1
        black.header.stamp.sec = robot.stamp
        robot.publish_image(black)

    depths.clear()
    robot.wait_until(lambda: depths and np.isnan(values(depths[-1])).all(), cover)
    robot.wait_for_status('image', ERROR, 'black, depth is unknown', cover)
    assert 'depth is unknown: the image is black' in node.log

    assert robot.set_parameter('input_check', False).successful
    robot.wait_until(lambda: np.isfinite(values(depths[-1])).any(), cover)
    robot.wait_for_status('image', OK, 'not checked', cover)
    assert robot.set_parameter('input_check', True).successful
    robot.wait_for_status('image', OK, 'ok', drive)
    robot.wait_until(lambda: np.isfinite(values(depths[-1])).any(), drive)


def values(message):
    return np.frombuffer(message.data, np.float32)
