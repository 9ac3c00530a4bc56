# SPDX-License-Identifier: Apache-2.0
"""Publishes the levelled frame of the scans to TF."""

from geometry_msgs.msg import TransformStamped
from rclpy.lifecycle import LifecycleNode
from std_msgs.msg import Header

from optidepthnet_ros.obstacles.mounting import Mounting
from optidepthnet_ros.ros.conversions.obstacle_messages import write_level


class LevelBroadcaster:
    """A publisher on /tf, if tf2_msgs is installed; every full ROS 2 has it."""

    def __init__(self, node: LifecycleNode):
        self._node = node
        self._transform = TransformStamped()
        try:
            from tf2_msgs.msg import TFMessage
        except ImportError:
            self._publisher = None
            node.get_logger().debug('tf2_msgs is not installed: the levelled frame is not in /tf')
            return
        self._message = TFMessage(transforms=[self._transform])
        self._publisher = node.create_publisher(TFMessage, '/tf', 10)

    def destroy(self) -> None:
        """Stop publishing."""
        if self._publisher is not None:
            self._node.destroy_publisher(self._publisher)

    def broadcast(self, header: Header, mounting: Mounting, frame: str) -> None:
        """Publish the transform of a frame.

        :param header: of the image
        :param frame: name of the levelled frame
        """
        if self._publisher is None:
            return
        self._transform.header = header
        write_level(self._transform, mounting, frame)
        self._publisher.publish(self._message)
