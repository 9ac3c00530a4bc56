# SPDX-License-Identifier: Apache-2.0
"""What the node guarantees about frames, checked from another process over DDS."""

import numpy as np
import pytest
from sensor_msgs.msg import CameraInfo, Image, PointCloud2
from stereo_msgs.msg import DisparityImage

from optidepthnet_ros.geometry.camera import Camera
from optidepthnet_ros.geometry.depth import points_from_depth
from optidepthnet_ros.inference import DepthEstimator
from optidepthnet_ros.messages.camera_info import camera_from_info
from optidepthnet_ros.ros.conversions.camera_info_message import info_from_camera


def metres(message):
    assert message.encoding == '32FC1'
    return np.frombuffer(message.data, np.float32).reshape(message.height, message.width)


def by_stamp(*topics):
    """Return messages of all topics for the newest frame that has one on each, or None."""
    tables = [{message.header.stamp.sec: message for message in topic} for topic in topics]
    common = set.intersection(*(set(table) for table in tables))
    return [table[max(common)] for table in tables] if common else None


def test_outputs_belong_to_their_frame_and_agree(start_node, robot):
    topics = robot.listen_to_depth()
    start_node()
    for width, height in ((64, 48), (101, 33)):
        for topic in topics:
            topic.clear()
        robot.drive(
            lambda width=width: by_stamp(*topics) and by_stamp(*topics)[0].width == width, width=width, height=height
        )
        check_outputs(*by_stamp(*topics), width, height)


def check_outputs(depth, info, cloud, preview, width, height):
    assert {message.header.frame_id for message in (depth, info, cloud, preview)} == {
        f'camera{depth.header.stamp.sec % 3}'
    }
    assert {(message.width, message.height) for message in (depth, info, cloud, preview)} == {(width, height)}
    assert preview.encoding == 'bgr8' and any(preview.data)

    camera = camera_from_info(info, width, height)
    assert (camera.fx, camera.fy, camera.cx, camera.cy) == (60, 60, width / 2, height / 2)
    assert np.isfinite(metres(depth)).all()
    points = np.frombuffer(cloud.data, np.float32).reshape(height, width, 4)[..., :3]
    np.testing.assert_array_equal(points, points_from_depth(metres(depth), camera))


@pytest.mark.parametrize('fx, width, height', [(60.0, 64, 48), (120.0, 64, 48), (60.0, 32, 24)])
def test_metres_match_the_estimator_for_the_camera_of_the_frame(start_node, robot, checkpoint_file, fx, width, height):
    depth = robot.listen(Image, 'depth/image_rect')
    start_node('-p', 'edge_filter_threshold:=0.0')
    pixels = np.random.default_rng(0).integers(0, 256, (height, width, 3), np.uint8)
    image = Image(width=width, height=height, encoding='bgr8', step=3 * width, data=pixels.tobytes())
    camera = Camera(width, height, fx, 60.0, width / 2, height / 2)
    robot.wait_until(lambda: depth, lambda: robot.publish(info_from_camera(camera, image.header), image))
    expected = DepthEstimator.from_file(checkpoint_file, threads=1).estimate(pixels, camera).depth
    np.testing.assert_allclose(metres(depth[-1]), expected, rtol=1e-4)


def test_without_calibration_there_is_a_warning_and_no_depth(start_node, robot):
    depth = robot.listen(Image, '/front/depth/image_rect')
    node = start_node('-r', '__ns:=/front', '-r', 'image:=/image', '-r', 'camera_info:=/front/info')
    robot.wait_until(lambda: 'calibration expected on /front/info' in node.log, robot.publish_frame)
    assert not depth


@pytest.mark.parametrize('runtime', ['torch', 'openvino'])
def test_alternating_image_sizes_are_both_processed_without_drops(start_node, robot, runtime):
    """As from a camera that switches its mode, or two cameras on a topic: each frame has its own calibration."""
    if runtime == 'openvino':
        pytest.importorskip('openvino')
    depth = robot.listen(Image, 'depth/image_rect')
    start_node('-p', f'runtime:={runtime}')
    sizes = (64, 48), (101, 33)

    def is_answered(size, timeout):
        width, height = size
        robot.publish_info(width=width, height=height, stamped=True)
        robot.publish_frame(width, height)
        try:
            robot.wait_until(lambda: depth and depth[-1].header.stamp.sec == robot.stamp, timeout=timeout)
        except AssertionError:
            return False
        return (depth[-1].width, depth[-1].height) == size and np.isfinite(metres(depth[-1])).all()

    # Wait until the node has discovered the robot and is ready for both sizes.
    robot.wait_until(lambda: all(is_answered(size, timeout=1) for size in sizes))
    answers = [is_answered(sizes[number % 2], timeout=20) for number in range(20)]
    assert sum(answers) >= 19  # on a busy machine, a frame may not wait long enough for its calibration


def test_an_empty_calibration_gives_no_depth_until_a_valid_one_arrives(start_node, robot):
    topics = robot.listen_to_depth()
    node = start_node()

    def uncalibrated():
        robot.publish_info(fx=0)
        robot.publish_frame()

    robot.wait_until(lambda: 'neither K nor P' in node.log, uncalibrated)
    last = robot.stamp
    robot.drive(lambda: all(topics))
    assert min(message.header.stamp.sec for topic in topics for message in topic) > last


def test_the_node_reports_and_survives_a_frame_that_cannot_be_decoded(start_node, robot):
    depth = robot.listen(Image, 'depth/image_rect')
    node = start_node()

    def undecodable():
        robot.publish_info()
        robot.publish_frame(encoding='32FC4')

    robot.wait_until(lambda: "image encoding '32FC4' is not supported: publish one of" in node.log, undecodable)
    assert not depth
    robot.drive(lambda: depth)
    assert node.is_alive()


def test_outputs_without_subscribers_are_not_computed(start_node, robot):
    infos = robot.listen(CameraInfo, 'depth/camera_info')
    node = start_node()
    # If the node had decoded the pixels, it would have reported an error.
    robot.drive(lambda: len(infos) >= 5, encoding='32FC4')
    assert 'frame dropped' not in node.log


def test_the_newest_frame_of_a_flood_is_processed(start_node, robot):
    depth = robot.listen(Image, 'depth/image_rect')
    # Reliable input, so that DDS drops no frames and the node chooses among them.
    start_node('-p', 'qos_overrides./image.subscription.reliability:=reliable')
    robot.drive(lambda: depth)
    first = robot.stamp
    for _ in range(500):
        robot.publish_frame()
    robot.wait_until(lambda: depth[-1].header.stamp.sec == robot.stamp)
    stamps = [message.header.stamp.sec for message in depth]
    assert stamps == sorted(set(stamps))
    assert sum(stamp > first for stamp in stamps) < 500


def test_outputs_agree_and_follow_parameters(start_node, robot):
    topics = depth, cloud, _, _ = (
        robot.listen(Image, 'depth/image_rect'),
        robot.listen(PointCloud2, 'depth/points'),
        robot.listen(Image, 'depth/confidence'),
        robot.listen(DisparityImage, 'depth/disparity'),
    )
    node = start_node()
    robot.drive(lambda: by_stamp(*topics))
    image, _, certain, virtual = by_stamp(*topics)
    certain = metres(certain)
    assert certain.shape == (48, 64) and certain.min() >= 0 and 0 < certain.max() < 1
    np.testing.assert_allclose(virtual.f * virtual.t / metres(virtual.image), metres(image), rtol=1e-6)

    assert robot.set_parameter('decimation', 4).successful and robot.set_parameter('filter_nans', True).successful
    robot.drive(lambda: cloud[-1].is_dense and (cloud[-1].height, cloud[-1].width) == (1, 12 * 16))
    expected = np.median(metres(depth[-1])) * 1000
    assert robot.set_parameter('depth_encoding', '16UC1').successful
    robot.drive(lambda: depth[-1].encoding == '16UC1')
    assert np.median(np.frombuffer(depth[-1].data, np.uint16)) == pytest.approx(expected, rel=0.05)
    # No pixel is that certain.
    assert robot.set_parameter('confidence_threshold', 1.0).successful
    robot.drive(lambda: not any(depth[-1].data) and cloud[-1].width == 0)
    assert 'frame dropped' not in node.log


def test_invalid_parameters_are_refused_with_the_reason(start_node, robot):
    start_node().wait_for_log('waiting for images')
    for name, value, reason in (
        ('min_depth', 90.0, 'min_depth is 90.0 m, but must be below max_depth'),
        ('min_height', 1000.0, 'min_height is 1000.0 m, but must be below max_height'),
        ('far_points', 'wall', "far_points is 'wall', but must be one of drop, clear_at_max_range"),
        ('confidence_threshold', 1.5, 'out of range'),
        ('decimation', 0, 'out of range'),
        ('depth_encoding', '32FC3', "depth_encoding is '32FC3', but must be one of 32FC1, 16UC1"),
        ('max_depth', -1.0, 'out of range'),
        ('runtime', 'openvino', 'runtime is only read by configure'),
        ('checkpoint', 'x' * 300, 'not a readable file (File name too long)'),
        ('checkpoint', '/else', '/else: no such file, and no shipped model'),
        (
            'checkpoint',
            'dlite',
            'dlite: no such file, and no shipped model: give the path of a checkpoint, or one of d',
        ),
        ('place', 'road', 'but only one of them may be set'),
        ('place', 'sea', "place is 'sea', but must be one of road, indoors"),
        ('threads', 2, 'threads is only read by configure'),
        ('image_transport', 'theora', 'image_transport is only read by configure'),
        ('autostart', False, 'read-only'),
    ):
        answer = robot.set_parameter(name, value)
        assert not answer.successful
        assert reason in answer.reason
