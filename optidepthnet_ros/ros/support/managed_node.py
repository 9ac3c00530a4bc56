# SPDX-License-Identifier: Apache-2.0
"""A lifecycle node that survives requests for transitions that it cannot make."""

from collections.abc import Callable

from lifecycle_msgs.srv import ChangeState
from rclpy.lifecycle import LifecycleNode, TransitionCallbackReturn

from optidepthnet_ros.ros.support.failures import Failures


class ManagedNode(LifecycleNode):
    """rclpy's node raises in its service when it is asked to activate while active, say, and so ends the process."""

    def __init__(self, name: str):
        super().__init__(name)
        self.failures = Failures(self)
        for service in self.services:
            if service.srv_type is ChangeState:
                service.callback = _refusing(service.callback)
        self.failures.guard_services()

    def start(self) -> None:
        """Configure and activate; somebody else who does so at the same time is welcome."""
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
        except RuntimeError:  # rcl's, before it changed anything; transitions themselves return what went wrong
            response.success = False
            return response

    return answer
