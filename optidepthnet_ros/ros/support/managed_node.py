# SPDX-License-Identifier: Apache-2.0
"""A lifecycle node that survives requests for impossible transitions."""

from collections.abc import Callable

from lifecycle_msgs.srv import ChangeState
from rclpy.lifecycle import LifecycleNode, TransitionCallbackReturn

from optidepthnet_ros.ros.support.failures import Failures


class ManagedNode(LifecycleNode):
    """rclpy's own node ends the process on an impossible request, such as activate while active: its service raises."""

    def __init__(self, name: str):
        super().__init__(name)
        self.failures = Failures(self)
        for service in self.services:
            if service.srv_type is ChangeState:
                service.callback = _refusing(service.callback)
        self.failures.guard_services()

    def start(self) -> None:
        """Configure and activate; another client may do the same at the same time."""
        try:
            if self.trigger_configure() == TransitionCallbackReturn.SUCCESS:
                self.trigger_activate()
        except RuntimeError as error:
            if self.context.ok():
                self.get_logger().warning(f'another client is changing the state of the node: {error}')


_ChangeState = Callable[[ChangeState.Request, ChangeState.Response], ChangeState.Response]


def _refusing(change_state: _ChangeState) -> _ChangeState:
    def answer(request: ChangeState.Request, response: ChangeState.Response) -> ChangeState.Response:
        try:
            return change_state(request, response)
        except RuntimeError:  # from rcl, before it changed anything; transitions themselves return their errors
            response.success = False
            return response

    return answer
