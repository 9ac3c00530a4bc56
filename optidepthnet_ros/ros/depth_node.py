"""The depth node: a rectified camera in, metric depth images and point clouds out."""

import sys

from rcl_interfaces.msg import SetParametersResult
from rclpy.lifecycle import LifecycleNode, LifecycleState, TransitionCallbackReturn
from rclpy.qos import QoSProfile, ReliabilityPolicy
from rclpy.qos_overriding_options import QoSOverridingOptions
from sensor_msgs.msg import CameraInfo, Image

from optidepthnet_ros.ros.frame_worker import FrameWorker
from optidepthnet_ros.ros.parameters import Parameters, declare_parameters, needs_configure, read_parameters
from optidepthnet_ros.ros.process import run_node


class DepthNode(LifecycleNode):
    """A managed node: configured it has the network and its topics, active it takes frames.

    A transition completes or says why not and leaves the node in the state before. Callbacks only put
    messages aside; a worker thread does the work, so that transitions are served meanwhile.
    """

    def __init__(self):
        # First of all, because rclpy may destroy a node whose parameters were refused.
        self._pipeline = None  # from configure to cleanup
        self._outputs = None
        self._worker = None  # from activate to deactivate
        self._inputs = []
        super().__init__('depth_node')
        declare_parameters(self)
        self.add_on_set_parameters_callback(self._change_parameters)

    def autostart(self) -> None:
        """Configure and activate, unless the parameters leave that to a lifecycle manager."""
        if not self.get_parameter('autostart').value:
            self.get_logger().info('autostart is false: waits for a lifecycle manager')
        elif self.trigger_configure() == TransitionCallbackReturn.SUCCESS:
            self.trigger_activate()

    def on_configure(self, state: LifecycleState) -> TransitionCallbackReturn:
        try:
            self._set_up()
        except Exception as error:
            self.get_logger().error(f'cannot configure: {_reason(error)}')
            self._tear_down()
            return TransitionCallbackReturn.FAILURE
        return super().on_configure(state)

    def on_activate(self, state: LifecycleState) -> TransitionCallbackReturn:
        result = super().on_activate(state)
        try:
            self._take_frames()
        except Exception as error:
            self.get_logger().error(f'cannot activate: {_reason(error)}')
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

    def destroy_node(self):
        self._tear_down()
        super().destroy_node()

    def _set_up(self) -> None:
        # Imported here because it takes seconds: the node is up at once, and a broken installation is a
        # failed transition with a reason instead of a dead process.
        from optidepthnet_ros.ros.depth_pipeline import DepthPipeline
        from optidepthnet_ros.ros.outputs import DepthOutputs

        parameters = read_parameters(self)
        estimator = self._load_estimator(parameters)
        self._outputs = DepthOutputs(self)
        self._pipeline = DepthPipeline(self, estimator, self._outputs, parameters)

    def _load_estimator(self, parameters: Parameters):
        from optidepthnet_ros.inference import DepthEstimator
        from optidepthnet_ros.models import default_checkpoint

        path = parameters.checkpoint or default_checkpoint()
        estimator = DepthEstimator.from_file(path, parameters.threads or None, parameters.runtime,
                                             parameters.output_stride)
        self.get_logger().info(f'loaded {estimator.name} from {path}, sha256 {estimator.digest[:12]}; runs on '
                               f'{estimator.runtime}')
        return estimator

    def _tear_down(self) -> None:
        self._take_no_frames()
        self._pipeline = None
        if self._outputs is not None:
            self._outputs.destroy()
            self._outputs = None

    def _take_frames(self) -> None:
        self._worker = FrameWorker(self._pipeline.process)
        # A frame without calibration is of no use, so calibration is subscribed to first.
        info = self._subscribe(CameraInfo, 'camera_info', self._keep_info)
        image = self._subscribe(Image, 'image', self._worker.offer)
        self.get_logger().info(f'waiting for images on {image.topic_name}, calibration on {info.topic_name}')

    def _subscribe(self, message_type, topic, callback):
        # Overrides are written into the profile, so each subscription needs its own.
        subscription = self.create_subscription(
            message_type, topic, callback, QoSProfile(depth=1, reliability=ReliabilityPolicy.BEST_EFFORT),
            qos_overriding_options=QoSOverridingOptions.with_default_policies())
        self._inputs.append(subscription)
        return subscription

    def _keep_info(self, info: CameraInfo) -> None:
        self._pipeline.info = info

    def _take_no_frames(self) -> None:
        """Return when the frame in work is done and no other will come."""
        while self._inputs:
            self.destroy_subscription(self._inputs.pop())
        if self._worker is not None:
            self._worker.stop()
            self._worker = None
        if self._pipeline is not None:
            self._pipeline.info = None  # the camera may be another one next time

    def _change_parameters(self, changes) -> SetParametersResult:
        """Check changes as a set, together with what stays, and apply them from the next frame on."""
        fixed = needs_configure(changes)
        if fixed and self._pipeline is not None:
            return SetParametersResult(successful=False, reason=f'{", ".join(fixed)} is only read by configure: '
                                                                'clean up the node, set it and configure again')
        try:
            parameters = read_parameters(self, changes)
        except ValueError as error:
            return SetParametersResult(successful=False, reason=str(error))
        # Types and ranges were checked before, so nothing refuses them after this; Humble calls nobody later.
        if self._pipeline is not None:
            self._pipeline.parameters = parameters
        return SetParametersResult(successful=True)


def _reason(error: Exception) -> str:
    return str(error) if isinstance(error, (ValueError, OSError)) else f'{type(error).__name__}: {error}'


def main(args: list[str] | None = None) -> int:
    """Run the node until Ctrl-C or SIGTERM.

    :return: exit status
    """
    return run_node(DepthNode, DepthNode.autostart, args)


if __name__ == '__main__':
    sys.exit(main())
