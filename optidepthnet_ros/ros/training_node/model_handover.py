# SPDX-License-Identifier: Apache-2.0
"""Announces the model in use: on a topic, and to a depth node through its parameter."""

from pathlib import Path

from rcl_interfaces.msg import SetParametersResult
from rcl_interfaces.srv import SetParametersAtomically
from rclpy.client import Client
from rclpy.node import Node
from rclpy.parameter import Parameter
from rclpy.qos import DurabilityPolicy, QoSProfile
from std_msgs.msg import String

from optidepthnet_ros.ros.support.log import tell

_PATIENCE = 10  # polls for the depth node
# Polls until the request is repeated: a node that has not discovered its client yet drops the answer after 0.1 s.
_ASK_AGAIN = 5


class ModelHandover:
    """Publishes ``~/result``, latched, and sets ``checkpoint`` of a depth node and empties its ``place``.

    :meth:`poll` must be called every second; :attr:`answer` is the result.
    """

    def __init__(self, node: Node):
        self.answer = ''
        self._node = node
        # Latched, for late subscribers.
        self._result = node.create_publisher(
            String, '~/result', QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)
        )
        self._client: Client | None = None
        self._path: Path | None = None  # for which the depth node has not answered yet
        self._patience = self._asked = 0  # polls: left to find the depth node, and since the last request

    def announce(self, path: Path) -> None:
        """Publish the path."""
        self._result.publish(String(data=str(path)))

    def hand_over(self, path: Path, depth_node: str) -> None:
        """Publish the path, and make :meth:`poll` set the depth node's parameter.

        :param depth_node: its name; empty: none
        """
        self.announce(path)
        if self._client is not None:
            self._node.destroy_client(self._client)
            self._client = None
        if depth_node:
            self.answer = f'{depth_node} has not answered yet'
            self._client = self._node.create_client(SetParametersAtomically, f'{depth_node}/set_parameters_atomically')
            self._path, self._patience, self._asked = path, _PATIENCE, _ASK_AGAIN

    def poll(self) -> None:
        """Continue the pending handover to the depth node."""
        if self._path is None or self._client is None:
            return
        if self._client.service_is_ready():
            self._asked += 1
            if self._asked > _ASK_AGAIN:
                self._asked = 0
                self._ask(self._client, self._path)
        elif self._patience:
            self._patience -= 1
        else:
            self._path = None
            self._note(f'{self._client.srv_name} is not available: start the depth node, or correct depth_node', False)

    def _ask(self, client: Client, path: Path) -> None:
        # Both together, because a depth node accepts only one of them as set.
        values = {'checkpoint': str(path), 'place': ''}
        parameters = [Parameter(name, value=value).to_parameter_msg() for name, value in values.items()]
        future = client.call_async(SetParametersAtomically.Request(parameters=parameters))
        future.add_done_callback(lambda done: self._take_answer(client, done.result().result, path))

    def _take_answer(self, client: Client, result: SetParametersResult, path: Path) -> None:
        if client is not self._client or self._path is None:
            return  # another model was handed over since, or a repeated request was answered twice
        self._path = None
        name = client.srv_name.rsplit('/', 1)[0]
        if result.successful:
            self._note(f'{name} accepts {path}', True)
        else:
            self._note(f'{name} refuses {path}: {result.reason}', False)

    def _note(self, answer: str, good: bool) -> None:
        self.answer = answer
        tell(self._node.get_logger(), answer, good=good)
