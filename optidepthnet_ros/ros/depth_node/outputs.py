"""What the depth node publishes: who listens, and the messages, kept and filled again for each frame."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from rclpy.lifecycle import LifecycleNode
from rclpy.qos import QoSProfile
from sensor_msgs.msg import CameraInfo, Image, PointCloud2
from std_msgs.msg import Header
from stereo_msgs.msg import DisparityImage

from optidepthnet_ros.geometry.camera import Camera
from optidepthnet_ros.inference import DepthEstimate
from optidepthnet_ros.inference.reliable import reliable_depth
from optidepthnet_ros.ros.conversions.camera_info_message import info_from_camera
from optidepthnet_ros.ros.conversions.disparity_message import write_disparity
from optidepthnet_ros.ros.conversions.image_message import write_depth, write_image, write_preview
from optidepthnet_ros.ros.conversions.point_cloud_message import CloudOptions, write_cloud
from optidepthnet_ros.ros.depth_node.connections import Connections
from optidepthnet_ros.ros.depth_node.parameters import NO_HEIGHT_LIMIT, Parameters
from optidepthnet_ros.ros.support.qos import qos_overrides

# Of max_depth: so far beyond it lie the points that clear space. A map whose own range ends at max_depth then takes
# none of them for an obstacle.
_BEYOND = 1.01

# Topics of the depth node; remapping and namespace apply.
OUTPUTS = {
    'depth/camera_info': CameraInfo,
    'depth/image_rect': Image,
    'depth/points': PointCloud2,
    'depth/confidence': Image,
    'depth/disparity': DisparityImage,
    'depth/preview': Image,
}


class DepthOutputs:
    """The publishers of the depth node. Nothing is computed for a topic without a subscription."""

    def __init__(self, node: LifecycleNode, connections: Connections):
        self._outputs = {
            topic: _Output(node, connections, message_type, topic) for topic, message_type in OUTPUTS.items()
        }

    def destroy(self) -> None:
        """Take the topics away."""
        for output in self._outputs.values():
            output.destroy()

    def need_depth(self) -> bool:
        """Whether anybody listens to something that takes an estimate to make."""
        return any(output.is_heard() for topic, output in self._outputs.items() if topic != 'depth/camera_info')

    def need_confidence(self, parameters: Parameters) -> bool:
        """Whether somebody listens to it, or it decides what is known."""
        return self._outputs['depth/confidence'].is_heard() or parameters.confidence_threshold > 0

    def publish_camera(self, header: Header, camera: Camera) -> None:
        """Publish the intrinsics of the depth image alone."""
        if self._outputs['depth/camera_info'].is_heard():
            self._outputs['depth/camera_info'].publish(info_from_camera(camera, header))

    def publish(self, header: Header, estimate: DepthEstimate, image: np.ndarray, parameters: Parameters) -> None:
        """Publish an estimate, whose depth is changed in place, and what is made of it.

        :param image: uint8 (H, W, 3) BGR or (H, W) gray
        """
        p, camera = parameters, estimate.view.camera
        depth = reliable_depth(
            estimate,
            min_depth=p.min_depth,
            max_depth=p.max_depth,
            edge_filter_threshold=p.edge_filter_threshold,
            confidence_threshold=p.confidence_threshold,
        )
        self.publish_camera(header, camera)  # first, for those who keep the latest
        self._outputs['depth/image_rect'].fill_and_publish(header, write_depth, depth, p.depth_encoding)
        self._outputs['depth/points'].fill_and_publish(
            header, write_cloud, depth, camera, image if p.cloud_colour else None, _cloud_options(p)
        )
        if estimate.confidence is not None:  # otherwise whoever listens came after it was decided
            self._outputs['depth/confidence'].fill_and_publish(header, write_image, estimate.confidence, '32FC1')
        self._outputs['depth/disparity'].fill_and_publish(
            header, write_disparity, depth, estimate, p.min_depth, p.max_depth
        )
        self._outputs['depth/preview'].fill_and_publish(header, write_preview, depth, p.min_depth, p.max_depth)


class _Output:
    """A publisher and the message that it publishes again and again."""

    def __init__(self, node: LifecycleNode, connections: Connections, message_type: type, topic: str):
        self._node = node
        self._message = message_type()
        # Reliable, since a best-effort publisher is silent to a reliable subscription, RViz's default. Few are
        # kept, because a late image is worth less than the next one. Overrides are written into the profile,
        # so each publisher needs its own.
        self._publisher = node.create_lifecycle_publisher(
            message_type,
            topic,
            QoSProfile(depth=2),
            qos_overriding_options=qos_overrides(node.get_logger(), topic),
            event_callbacks=connections.publisher_events(topic),
        )

    def destroy(self) -> None:
        self._node.destroy_lifecycle_publisher(self._publisher)

    def is_heard(self) -> bool:
        return self._publisher.get_subscription_count() > 0

    def publish(self, message: Any) -> None:
        self._publisher.publish(message)

    def fill_and_publish(self, header: Header, write: Callable[..., None], *values: Any) -> None:
        """Have the message written, if anybody listens."""
        if not self.is_heard():
            return
        self._message.header = header
        write(self._message, *values)
        self._publisher.publish(self._message)


def _cloud_options(parameters: Parameters) -> CloudOptions:
    p = parameters
    return CloudOptions(
        decimation=p.decimation,
        min_height=p.min_height if p.min_height > -NO_HEIGHT_LIMIT else -math.inf,
        max_height=p.max_height if p.max_height < NO_HEIGHT_LIMIT else math.inf,
        far_depth=_BEYOND * p.max_depth if p.far_points == 'clear_at_max_range' else None,
        dense=p.filter_nans,
    )
