# SPDX-License-Identifier: Apache-2.0
"""Tells whoever uses a model which one to use: on a topic, and a depth node through its parameter."""

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


class ModelHandover:
    """Publishes ``~/result``, latched, and sets ``checkpoint`` of a depth node, whose ``place`` it empties.

    :meth:`poll` must be called every second; :attr:`answer` says what became of that.
    """

    def __init__(self, node: Node):
        self.answer = ''
        self._node = node
        # For those who come later, too.
        self._result = node.create_publisher(
            String, '~/result', QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)
        )
        self._client: Client | None = None
        # A path that the depth node is still to be told, and how many more polls it is waited for.
        self._waiting: tuple[Path, int] | None = None

    def announce(self, path: Path) -> None:
        """Publish the path."""
        self._result.publish(String(data=str(path)))

    def hand_over(self, path: Path, depth_node: str) -> None:
        """Publish the path, and let :meth:`poll` set the depth node's parameter.

        :param depth_node: its name, empty for none
        """
        self.announce(path)
        if self._client is not None:
            self._node.destroy_client(self._client)
            self._client = None
        if depth_node:
            self.answer = f'{depth_node} has not answered yet'
            self._client = self._node.create_client(SetParametersAtomically, f'{depth_node}/set_parameters_atomically')
            self._waiting = path, _PATIENCE

    def poll(self) -> None:
        """Go on with what waits for the depth node."""
        if self._waiting is None or self._client is None:
            return
        path, patience = self._waiting
        self._waiting = None
        if self._client.service_is_ready():
            # Together, because a depth node accepts only one of them.
            values = {'checkpoint': str(path), 'place': ''}
            parameters = [Parameter(name, value=value).to_parameter_msg() for name, value in values.items()]
            client = self._client
            future = client.call_async(SetParametersAtomically.Request(parameters=parameters))
            future.add_done_callback(lambda done: self._take_answer(client, done.result().result, path))
        elif patience:
            self._waiting = path, patience - 1
        else:
            self._note(f'{self._client.srv_name} is not there: start the depth node, or correct depth_node', False)

    def _take_answer(self, client: Client, result: SetParametersResult, path: Path) -> None:
        name = client.srv_name.rsplit('/', 1)[0]
        if result.successful:
            self._note(f'{name} accepts {path}', True)
        else:
            self._note(f'{name} refuses {path}: {result.reason}', False)

    def _note(self, answer: str, good: bool) -> None:
        self.answer = answer
        tell(self._node.get_logger(), answer, good=good)
