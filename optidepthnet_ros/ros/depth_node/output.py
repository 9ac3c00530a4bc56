# SPDX-License-Identifier: Apache-2.0
"""A topic of the depth node, and its message, which is reused for each frame."""

from collections.abc import Callable
from typing import Any

from rclpy.lifecycle import LifecycleNode
from rclpy.qos import QoSProfile
from std_msgs.msg import Header

from optidepthnet_ros.ros.depth_node.connections import Connections
from optidepthnet_ros.ros.support.qos import qos_overrides


class Output:
    """A publisher and its message, which is reused."""

    def __init__(self, node: LifecycleNode, connections: Connections, message_type: type, topic: str):
        self._node = node
        self._message = message_type()
        # Reliable, because a reliable subscription, RViz's default, gets nothing from a best-effort publisher. The
        # queue is short, because a late image is worth less than the next one. Overrides are written into the profile,
        # so each publisher needs its own.
        self._publisher = node.create_lifecycle_publisher(
            message_type,
            topic,
            QoSProfile(depth=2),
            qos_overriding_options=qos_overrides(node.get_logger(), topic),
            event_callbacks=connections.publisher_events(topic),
        )

    def destroy(self) -> None:
        """Destroy the publisher."""
        self._node.destroy_lifecycle_publisher(self._publisher)

    def is_heard(self) -> bool:
        """Whether the topic has a subscriber."""
        return self._publisher.get_subscription_count() > 0

    def publish(self, message: Any) -> None:
        """Publish this message."""
        self._publisher.publish(message)

    def fill_and_publish(self, header: Header | None, write: Callable[..., None], *values: Any) -> None:
        """Fill and publish the message, if it has subscribers.

        :param header: None: the message has no header, or ``write`` sets it
        """
        if not self.is_heard():
            return
        if header is not None:
            self._message.header = header
        write(self._message, *values)
        self._publisher.publish(self._message)
