# SPDX-License-Identifier: Apache-2.0
"""What is published for an estimate, and to which subscribers, with real publishers and subscriptions."""

import numpy as np
import pytest
from rclpy.parameter import Parameter
from sensor_msgs.msg import CameraInfo, Image, PointCloud2
from std_msgs.msg import Header

from optidepthnet_ros.geometry.camera import Camera
from optidepthnet_ros.geometry.canonical import CanonicalView
from optidepthnet_ros.inference import DepthEstimate
from optidepthnet_ros.ros.depth_node.connections import Connections
from optidepthnet_ros.ros.depth_node.outputs import OUTPUTS, DepthOutputs
from optidepthnet_ros.ros.depth_node.parameters import Parameters
from optidepthnet_ros.ros.support.node_parameters import declare_parameters, read_parameters

CAMERA = Camera(64, 48, 60.0, 60.0, 31.5, 23.5)
OF_DEPTH = {topic: message_type for topic, message_type in OUTPUTS.items() if topic != 'depth/camera_info'}


@pytest.fixture
def node(bare_node):
    """Return a configured node with the parameters of the depth node."""
    declare_parameters(bare_node, Parameters)
    bare_node.trigger_configure()
    return bare_node


@pytest.fixture
def outputs(node):
    outputs = DepthOutputs(node, Connections(node))
    node.trigger_activate()
    return outputs


@pytest.fixture
def make_estimate():
    """Return a function that makes the estimate of a wall 5 m away, with confidence; its first row is too far."""

    def make(**differing):
        depth = np.full((48, 64), 5.0, np.float32)
        depth[0] = 100
        values = {
            'view': CanonicalView(CAMERA, slice(0, 48), slice(0, 64), 48, 64, 0.09),
            'baseline': 0.24,
            'confidence': np.full((48, 64), 0.7, np.float32),
            **differing,
        }
        return DepthEstimate(depth, **values)

    return make


def changed(node, **values):
    return read_parameters(node, Parameters, [Parameter(name, value=value) for name, value in values.items()])


def test_only_outputs_with_subscribers_are_computed(node, outputs, robot, make_estimate):
    parameters = changed(node, edge_filter_threshold=0.0)
    assert not outputs.need_depth() and not outputs.need_confidence(parameters)
    assert outputs.need_confidence(changed(node, confidence_threshold=0.5))
    infos = robot.listen(CameraInfo, 'depth/camera_info')
    images = robot.listen(Image, 'depth/image_rect')
    robot.wait_until(outputs.need_depth)
    assert not outputs.need_confidence(parameters)
    # Cloud and disparity cannot be computed from this estimate.
    estimate = make_estimate(confidence=None, baseline=None)
    robot.wait_until(
        lambda: images and infos, lambda: outputs.publish(Header(frame_id='camera'), estimate, object(), parameters)
    )


@pytest.mark.parametrize('topic', OF_DEPTH)
def test_a_subscriber_to_any_single_topic_requires_depth(node, outputs, robot, make_estimate, topic):
    messages = robot.listen(OF_DEPTH[topic], topic)
    robot.wait_until(outputs.need_depth)
    assert outputs.need_confidence(read_parameters(node, Parameters)) == (topic == 'depth/confidence')
    robot.wait_until(
        lambda: messages,
        lambda: outputs.publish(
            Header(frame_id='camera'), make_estimate(), np.zeros((48, 64), np.uint8), read_parameters(node, Parameters)
        ),
    )
    assert messages[0].header.frame_id == 'camera'


def test_far_points_clear_beyond_the_range_and_stay_infinite_in_the_image(node, outputs, robot, make_estimate):
    parameters = changed(node, far_points='clear_at_max_range', cloud_colour=False)
    images, clouds = robot.listen(Image, 'depth/image_rect'), robot.listen(PointCloud2, 'depth/points')
    robot.wait_until(
        lambda: images and clouds,
        lambda: outputs.publish(Header(), make_estimate(), np.zeros((48, 64), np.uint8), parameters),
    )
    depth = np.frombuffer(images[0].data, np.float32).reshape(48, 64)
    points = np.frombuffer(clouds[0].data, np.float32).reshape(48, 64, 3)
    assert np.isposinf(depth[0]).all() and (depth[1:] == 5).all()
    assert (np.linalg.norm(points[0], axis=-1) > parameters.max_depth).all()  # so that maps do not mark them
    np.testing.assert_allclose(points[0, :, 2], 80.8, rtol=1e-6)


def test_a_cloud_may_be_gated_by_confidence_and_carry_it(node, outputs, robot, make_estimate):
    parameters = changed(node, cloud_confidence=0.5, cloud_confidence_field=True, max_depth=200.0)
    assert not outputs.need_confidence(parameters)  # no subscribers
    images, clouds = robot.listen(Image, 'depth/image_rect'), robot.listen(PointCloud2, 'depth/points')
    robot.wait_until(lambda: outputs.need_confidence(parameters))
    confidence = np.full((48, 64), 0.7, np.float32)
    confidence[:, :10] = 0.4
    robot.wait_until(
        lambda: images and clouds,
        lambda: outputs.publish(
            Header(), make_estimate(confidence=confidence), np.zeros((48, 64), np.uint8), parameters
        ),
    )
    assert [field.name for field in clouds[0].fields] == ['x', 'y', 'z', 'rgb', 'confidence']
    points = np.frombuffer(clouds[0].data, np.float32).reshape(48, 64, 5)
    assert np.isnan(points[:, :10, 2]).all() and np.isfinite(points[:, 10:, 2]).all()
    np.testing.assert_array_equal(points[..., 4], confidence)
    assert np.isfinite(np.frombuffer(images[0].data, np.float32)).all()


@pytest.mark.parametrize('encoding, unit, far', [('32FC1', 1, 80), ('16UC1', 1000, 65.535)])
def test_unknown_may_be_replaced_by_metres_in_the_image_only(node, outputs, robot, make_estimate, encoding, unit, far):
    parameters = changed(node, unknown_as=0.5, confidence_threshold=0.5, depth_encoding=encoding, cloud_colour=False)
    images, clouds = robot.listen(Image, 'depth/image_rect'), robot.listen(PointCloud2, 'depth/points')
    confidence = np.full((48, 64), 0.7, np.float32)
    confidence[10] = 0.4
    robot.wait_until(
        lambda: images and clouds,
        lambda: outputs.publish(
            Header(), make_estimate(confidence=confidence), np.zeros((48, 64), np.uint8), parameters
        ),
    )
    depth = np.frombuffer(images[0].data, np.float32 if unit == 1 else np.uint16).reshape(48, 64)
    for row, metres in ((0, far), (9, 5), (10, 0.5)):
        np.testing.assert_allclose(depth[row], unit * metres, rtol=1e-6)
    points = np.frombuffer(clouds[0].data, np.float32).reshape(48, 64, 3)
    assert np.isnan(points[10]).all() and np.isfinite(points[9]).all()


def test_camera_info_belongs_to_each_image(node, outputs, robot, make_estimate):
    images, infos = robot.listen(Image, 'depth/image_rect'), robot.listen(CameraInfo, 'depth/camera_info')
    parameters, sent = read_parameters(node, Parameters), iter(range(1, 1000))

    def publish():
        header = Header(frame_id='camera')
        header.stamp.sec = next(sent)
        outputs.publish(header, make_estimate(), np.zeros((48, 64), np.uint8), parameters)

    robot.wait_until(lambda: len(images) >= 5 and len(infos) >= len(images), publish)
    stamps = {info.header.stamp.sec for info in infos}
    common = [image for image in images if image.header.stamp.sec in stamps]
    assert len(common) >= 4 and {(image.width, image.height) for image in common} == {(64, 48)}
    assert {(info.width, info.height, info.p[0]) for info in infos} == {(64, 48, 60.0)}
