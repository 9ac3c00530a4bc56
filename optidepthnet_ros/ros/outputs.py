"""What the depth node publishes: who listens, and the messages, kept and filled anew for each frame."""

import numpy as np
from rclpy.lifecycle import LifecycleNode
from rclpy.qos import QoSProfile
from rclpy.qos_overriding_options import QoSOverridingOptions
from sensor_msgs.msg import CameraInfo, Image, PointCloud2
from std_msgs.msg import Header

from optidepthnet_ros.camera import Camera
from optidepthnet_ros.preview import colour_depth
from optidepthnet_ros.ros.camera_info import info_from_camera
from optidepthnet_ros.ros.connections import Connections
from optidepthnet_ros.ros.image_message import write_depth, write_image
from optidepthnet_ros.ros.parameters import Parameters
from optidepthnet_ros.ros.point_cloud import write_cloud


class DepthOutputs:
    """The publishers of the depth node. Nothing is computed for a topic without a subscription."""

    def __init__(self, node: LifecycleNode, connections: Connections):
        self._node = node
        self._connections = connections
        self._camera_info = self._publisher(CameraInfo, 'depth/camera_info')
        self._depth = self._publisher(Image, 'depth/image_rect')
        self._cloud = self._publisher(PointCloud2, 'depth/points')
        self._preview = self._publisher(Image, 'depth/preview')
        self._depth_message, self._cloud_message, self._preview_message = Image(), PointCloud2(), Image()

    def destroy(self) -> None:
        """Take the topics away."""
        for publisher in (self._camera_info, self._depth, self._cloud, self._preview):
            self._node.destroy_lifecycle_publisher(publisher)

    def need_depth(self) -> bool:
        """Whether anybody listens to something that takes a depth image to make."""
        return any(_is_heard(publisher) for publisher in (self._depth, self._cloud, self._preview))

    def publish_camera(self, header: Header, camera: Camera) -> None:
        """Publish the intrinsics of the depth image."""
        if _is_heard(self._camera_info):
            self._camera_info.publish(info_from_camera(camera, header))

    def publish_depth(self, header: Header, depth: np.ndarray, camera: Camera, image: np.ndarray,
                      parameters: Parameters) -> None:
        """Publish the depth image and what is made of it.

        :param depth: (H, W) float32 metres, range limits applied
        :param image: uint8 (H, W, 3) BGR or (H, W) gray
        """
        if _is_heard(self._depth):
            self._depth_message.header = header
            write_depth(self._depth_message, depth, parameters.depth_encoding)
            self._depth.publish(self._depth_message)
        if _is_heard(self._cloud):
            self._cloud_message.header = header
            write_cloud(self._cloud_message, depth, camera, image if parameters.cloud_colour else None)
            self._cloud.publish(self._cloud_message)
        if _is_heard(self._preview):
            self._preview_message.header = header
            write_image(self._preview_message, colour_depth(depth, parameters.min_depth, parameters.max_depth), 'bgr8')
            self._preview.publish(self._preview_message)

    def _publisher(self, message_type, topic: str):
        # Reliable, since a best-effort publisher is silent to a reliable subscription, RViz's default. Few are
        # kept, because a late image is worth less than the next one. Overrides are written into the profile,
        # so each publisher needs its own.
        return self._node.create_lifecycle_publisher(
            message_type, topic, QoSProfile(depth=2),
            qos_overriding_options=QoSOverridingOptions.with_default_policies(),
            event_callbacks=self._connections.publisher_events(topic))


def _is_heard(publisher) -> bool:
    return publisher.get_subscription_count() > 0
