# SPDX-License-Identifier: Apache-2.0
"""The depth node: a camera in, metric depth images and point clouds out."""

import os
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, NoReturn

from rcl_interfaces.msg import SetParametersResult
from rclpy.clock import JumpThreshold, TimeJump
from rclpy.duration import Duration
from rclpy.lifecycle import LifecycleState, TransitionCallbackReturn
from rclpy.parameter import Parameter
from rclpy.qos import QoSProfile, ReliabilityPolicy
from rclpy.subscription import Subscription
from sensor_msgs.msg import CameraInfo, CompressedImage, Image

from optidepthnet_ros.ros.depth_node.calibrations import Calibrations
from optidepthnet_ros.ros.depth_node.connections import Connections
from optidepthnet_ros.ros.depth_node.frame_statistics import FrameStatistics
from optidepthnet_ros.ros.depth_node.frame_worker import FrameWorker
from optidepthnet_ros.ros.depth_node.model_loader import Loaded, ModelLoader
from optidepthnet_ros.ros.depth_node.node_health import NodeHealth
from optidepthnet_ros.ros.depth_node.parameters import Parameters, needs_configure
from optidepthnet_ros.ros.support.diagnostics import Diagnostics
from optidepthnet_ros.ros.support.managed_node import ManagedNode
from optidepthnet_ros.ros.support.node_parameters import declare_parameters, read_parameters
from optidepthnet_ros.ros.support.process import exit_process, expect_ros_arguments_alone, run_node
from optidepthnet_ros.ros.support.qos import qos_overrides
from optidepthnet_ros.ros.support.reason import reason_of
from optidepthnet_ros.ros.support.transforms import TfTransforms
from optidepthnet_ros.ros.support.unknown_parameters import warn_of_unknown_parameters

if TYPE_CHECKING:  # importing them takes seconds
    from optidepthnet_ros.ros.depth_node.outputs import DepthOutputs
    from optidepthnet_ros.ros.depth_node.pipeline import DepthPipeline
    from optidepthnet_ros.ros.depth_node.scale.node_scale import NodeScale


class DepthNode(ManagedNode):
    """A managed node: when configured, it has the network and its topics; when active, it processes frames.

    A transition completes, or logs why it did not and leaves the node in its previous state. Callbacks only queue
    messages; a worker thread does the work, so that transitions are served meanwhile.
    """

    def __init__(self) -> None:
        # This comes first, because rclpy may destroy a node whose parameters were rejected.
        self._pipeline: DepthPipeline | None = None  # from configure to cleanup
        self._outputs: DepthOutputs | None = None
        self._scale: NodeScale | None = None  # the same, if scale_source is not none
        self._worker: FrameWorker[Image | CompressedImage] | None = None  # from activate to deactivate
        self._inputs: list[Subscription] = []
        self._diagnostics: Diagnostics | None = None
        super().__init__('depth_node')
        declare_parameters(self, Parameters)
        warn_of_unknown_parameters(self, of_topics=False)
        self._models = ModelLoader(self.get_logger())
        self._statistics = FrameStatistics()
        self._calibrations = Calibrations()
        self._connections = Connections(self)
        self._health = NodeHealth(self, self._statistics, self._calibrations, self._models, self._connections)
        self._diagnostics = Diagnostics(self, self._health.statuses)
        self.add_on_set_parameters_callback(self._check_parameters)
        self.add_post_set_parameters_callback(self._apply_parameters)
        self._jumps = self.get_clock().create_jump_callback(
            JumpThreshold(min_forward=None, min_backward=Duration(nanoseconds=-1), on_clock_change=True),
            post_callback=self._start_again,
        )

    def autostart(self) -> None:
        """Configure and activate, unless autostart is false."""
        if not self.get_parameter('autostart').value:
            self.get_logger().info('autostart is false: waiting for a lifecycle manager')
        else:
            self.start()

    def on_configure(self, state: LifecycleState) -> TransitionCallbackReturn:
        try:
            self._set_up()
        except Exception as error:
            self.get_logger().error(f'cannot configure: {reason_of(error)}')
            self._tear_down()
            return TransitionCallbackReturn.FAILURE
        return super().on_configure(state)

    def on_activate(self, state: LifecycleState) -> TransitionCallbackReturn:
        result = super().on_activate(state)
        try:
            self._take_frames()
        except Exception as error:
            self.get_logger().error(f'cannot activate: {reason_of(error)}')
            self.on_deactivate(state)
            return TransitionCallbackReturn.FAILURE
        return result

    def on_deactivate(self, state: LifecycleState) -> TransitionCallbackReturn:
        self._take_no_frames()
        return super().on_deactivate(state)

    def on_cleanup(self, state: LifecycleState) -> TransitionCallbackReturn:
        self._tear_down()
        return super().on_cleanup(state)

    def on_shutdown(self, state: LifecycleState) -> TransitionCallbackReturn:
        self._tear_down()
        return super().on_shutdown(state)

    def on_error(self, state: LifecycleState) -> TransitionCallbackReturn:
        self._tear_down()
        return super().on_error(state)

    def destroy_node(self) -> None:
        if self._diagnostics is not None:
            self._diagnostics.stop()
            self._tear_down()
        super().destroy_node()

    def _set_up(self) -> None:
        parameters = read_parameters(self, Parameters)
        estimator = self._models.load(parameters)
        # Imported here because it takes seconds: the node is up immediately, and a broken installation is a failed
        # transition with a reason instead of a dead process.
        from optidepthnet_ros.ros.depth_node.outputs import DepthOutputs
        from optidepthnet_ros.ros.depth_node.pipeline import DepthPipeline
        from optidepthnet_ros.ros.depth_node.scale.node_scale import NodeScale

        transforms = None
        if parameters.obstacles_base_frame:
            transforms = TfTransforms(self, 'set camera_height instead of obstacles.base_frame')
        self._outputs = DepthOutputs(self, self._connections, transforms)
        if parameters.scale_source != 'none':
            self._scale = self._health.scale = NodeScale(self, self._connections, parameters)
        self._pipeline = self._health.pipeline = DepthPipeline(
            self, estimator, self._outputs, parameters, self._calibrations, self._statistics, self._scale
        )
        self._apply_parameters()  # some may have changed meanwhile

    def _tear_down(self) -> None:
        self._take_no_frames()
        self._models.unload()
        self._pipeline = self._health.pipeline = None
        if self._outputs is not None:
            self._outputs.destroy()
            self._outputs = None
        if self._scale is not None:
            self._scale.destroy()
            self._scale = self._health.scale = None

    def _take_frames(self) -> None:
        self._statistics.restart()
        assert self._pipeline is not None  # configured
        self._worker = FrameWorker(self._pipeline.process, self._statistics)
        # A frame without calibration is useless, so calibration is subscribed to first.
        info = self._subscribe(CameraInfo, 'camera_info', self._pipeline.take_calibration, depth=5)
        if self._pipeline.parameters.image_transport == 'compressed':
            # As in image_transport: a subtopic of the image topic, even if that is remapped.
            image = self._subscribe(
                CompressedImage, f'{self.resolve_topic_name("image")}/compressed', self._worker.offer
            )
        else:
            image = self._subscribe(Image, 'image', self._worker.offer)
        self._health.input_topic = image.topic_name
        warn_of_unknown_parameters(self, of_topics=True)
        self.get_logger().info(f'waiting for images on {image.topic_name}, calibration on {info.topic_name}')

    def _subscribe(
        self, message_type: type, topic: str, callback: Callable[[Any], None], depth: int = 1
    ) -> Subscription:
        # Overrides are written into the profile, so each subscription needs its own.
        subscription = self.create_subscription(
            message_type,
            topic,
            callback,
            QoSProfile(depth=depth, reliability=ReliabilityPolicy.BEST_EFFORT),
            qos_overriding_options=qos_overrides(self.get_logger(), topic),
            event_callbacks=self._connections.subscription_events(topic, self._count_lost),
        )
        self._inputs.append(subscription)
        return subscription

    def _count_lost(self, messages: int) -> None:
        self._statistics.dropped('lost on the way', messages)

    def _take_no_frames(self) -> None:
        """Stop taking frames; return when the current frame is done."""
        self._health.input_topic = None
        while self._inputs:
            self.destroy_subscription(self._inputs.pop())
        if self._worker is not None:
            self._worker.stop()
            self._worker = None
        self._calibrations.forget()  # the next camera may be a different one
        if self._scale is not None:
            self._scale.reset()

    def _start_again(self, jump: TimeJump) -> None:
        """Forget frames and calibrations from before the clock jumped back, such as when a recording starts again."""
        if self._worker is not None:
            self._worker.forget_waiting('before the clock jumped')
        self._calibrations.forget()
        self.get_logger().warning(
            f"the node's clock jumped by {jump.delta.nanoseconds / 1e9:.3f} s: the waiting frame and "
            'the calibrations are dropped'
        )

    def _check_parameters(self, changes: list[Parameter]) -> SetParametersResult:
        """Check changes as a set, together with the unchanged parameters."""
        fixed = needs_configure(change.name for change in changes)
        if fixed and (self._pipeline is not None or self._models.loading):
            return SetParametersResult(
                successful=False,
                reason=f'{", ".join(fixed)} is only read by configure: clean up the node, set it and configure again',
            )
        try:
            parameters = read_parameters(self, Parameters, changes)
            if self._pipeline is not None and parameters.model != self._models.wanted:
                parameters.model.resolve()
        except Exception as error:
            return SetParametersResult(successful=False, reason=reason_of(error))
        return SetParametersResult(successful=True)

    def _apply_parameters(self, _changes: Iterable[Parameter] = ()) -> None:
        """Apply the parameters from the next frame on; load a different model beside the one in use.

        Until it is loaded, everything that depends on the model follows the one in use.
        """
        if self._pipeline is None:
            return
        parameters = read_parameters(self, Parameters)
        if parameters.model != self._models.wanted:
            self._models.load_beside(parameters, self._after_loading)
        self._pipeline.parameters = self._models.with_used(parameters)

    def _after_loading(self, loaded: Loaded) -> None:
        """Continue in the thread that changes parameters and states, so that neither changes meanwhile."""
        if self.executor is not None:
            self.executor.create_task(self._use_loaded, loaded)

    def _use_loaded(self, loaded: Loaded) -> None:
        """Swap models from the next frame on; if a model was rejected, reset the parameters too."""
        if self._pipeline is None or loaded.estimator is not self._models.estimator:
            return  # it was unloaded meanwhile, or another one was loaded
        self._pipeline.parameters = self._models.with_used(self._pipeline.parameters)
        self._pipeline.estimator = loaded.estimator
        if loaded.wanted != loaded.used and read_parameters(self, Parameters).model == loaded.wanted:
            self.set_parameters_atomically([Parameter(name, value=value) for name, value in vars(loaded.used).items()])


def main() -> NoReturn:
    """Run the node until Ctrl-C or SIGTERM."""
    expect_ros_arguments_alone('depth_node', __doc__, Parameters)
    # Otherwise torch's threads spin while they wait for each other: on a busy processor the self-test took 20 s instead
    # of 2. The variable is read when torch is imported.
    os.environ.setdefault('OMP_WAIT_POLICY', 'PASSIVE')
    exit_process(run_node(DepthNode, DepthNode.autostart))


if __name__ == '__main__':
    main()
