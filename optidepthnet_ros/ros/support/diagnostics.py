# SPDX-License-Identifier: Apache-2.0
"""Publishes the state of the node once a second, whatever else the node does."""

import threading
from collections.abc import Callable, Iterable

from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus, KeyValue
from rclpy.node import Node

from optidepthnet_ros.ros.support.status import Status

_PERIOD = 1.0  # seconds


class Diagnostics:
    """A publisher on /diagnostics with its own thread: neither a long transition nor a stopped clock silences it.

    :param statuses: called once a second, in that thread
    """

    def __init__(self, node: Node, statuses: Callable[[], Iterable[Status]]):
        self._node = node
        self._statuses = statuses
        self._publisher = node.create_publisher(DiagnosticArray, '/diagnostics', 10)
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name='diagnostics')
        self._thread.start()

    def stop(self) -> None:
        """Stop publishing."""
        self._stopped.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopped.wait(_PERIOD):
            try:
                self._publisher.publish(self._message())
            except Exception as error:
                if not self._node.context.ok():  # a signal has shut it down
                    return
                self._node.get_logger().error(
                    f'diagnostics not published: {type(error).__name__}: {error}', throttle_duration_sec=60.0
                )

    def _message(self) -> DiagnosticArray:
        message = DiagnosticArray()
        message.header.stamp = self._node.get_clock().now().to_msg()
        message.status = [status_message(self._node, status) for status in self._statuses()]
        return message


def status_message(node: Node, status: Status) -> DiagnosticStatus:
    """Return one status of a node's diagnostics as a ROS message."""
    name = node.get_fully_qualified_name().lstrip('/')
    return DiagnosticStatus(
        level=status.level.as_byte,
        name=f'{name}: {status.name}',
        message=status.message,
        hardware_id=name,
        values=[KeyValue(key=key, value=str(value)) for key, value in status.values.items()],
    )
