# SPDX-License-Identifier: Apache-2.0
"""Exceptions in a node's callbacks: they are logged and counted, and none of them ends the node."""

import threading
import traceback
from collections.abc import Callable
from typing import Any

from rclpy.node import Node

from optidepthnet_ros.ros.support.log import REPEAT_AFTER
from optidepthnet_ros.ros.support.reason import reason_of
from optidepthnet_ros.ros.support.status import Level, Status

Service = Callable[[Any, Any], Any]


class Failures:
    """Failures of one node. Each is a fault of this package or of rclpy; in every case, the node continues."""

    def __init__(self, node: Node):
        self._node = node
        self._lock = threading.Lock()
        self._number = self._told = 0
        self._last = ''

    def note(self, error: Exception) -> None:
        """Count a failure, and log it with its traceback."""
        with self._lock:
            self._number += 1
            self._last = reason_of(error)
        self._node.get_logger().error(
            f'a callback failed, and the node continues: {"".join(traceback.format_exception(error))}',
            throttle_duration_sec=REPEAT_AFTER,
        )

    def guard_services(self) -> None:
        """Answer requests even if a service callback fails, with the response so far: no client waits forever."""
        for service in self._node.services:
            service.callback = self._answering(service.callback)

    def status(self) -> Status:
        """Warn of failures since the last call; report how many there were since the start."""
        with self._lock:
            new, self._told = self._number - self._told, self._number
            values = {'failed': self._number, 'last': self._last}
            if not new:
                return Status('callbacks', Level.OK, f'{self._number} failed', values)
            return Status('callbacks', Level.WARN, f'{self._number} failed: {self._last}', values)

    def _answering(self, serve: Service) -> Service:
        def answer(request: Any, response: Any) -> Any:
            try:
                return serve(request, response)
            except Exception as error:
                self.note(error)
                return response

        return answer
