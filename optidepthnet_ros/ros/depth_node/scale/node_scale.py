# SPDX-License-Identifier: Apache-2.0
"""The scale of the depth node: receives evidence, corrects frames, and reports on the correction."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
from diagnostic_msgs.msg import DiagnosticArray
from rclpy.lifecycle import LifecycleNode
from rclpy.qos import QoSProfile, ReliabilityPolicy
from sensor_msgs.msg import LaserScan, PointCloud2, Range
from std_msgs.msg import Header
from std_srvs.srv import Trigger

from optidepthnet_ros.geometry.transform_text import parse_transform
from optidepthnet_ros.imaging.gray import to_gray
from optidepthnet_ros.inference import DepthEstimate
from optidepthnet_ros.messages.header import nanoseconds, stamp_of
from optidepthnet_ros.ros.depth_node.connections import Connections
from optidepthnet_ros.ros.depth_node.parameters import SCALE_TOPICS, Parameters
from optidepthnet_ros.ros.depth_node.scale.message import scale_status
from optidepthnet_ros.ros.support.diagnostics import status_message
from optidepthnet_ros.ros.support.log import REPEAT_AFTER
from optidepthnet_ros.ros.support.qos import qos_overrides
from optidepthnet_ros.ros.support.status import Status
from optidepthnet_ros.ros.support.transforms import NoTransformError, StaticTransform, TfTransforms, Transforms
from optidepthnet_ros.scale.correction import IDENTITY, Correction
from optidepthnet_ros.scale.evidence import Evidence
from optidepthnet_ros.scale.filter import FilterLimits, ScaleState
from optidepthnet_ros.scale.fit import UnsupportedFitError
from optidepthnet_ros.scale.ground import evidence_of_base
from optidepthnet_ros.scale.marks import Marks
from optidepthnet_ros.scale.messages import COMPARISONS, ODOMETRY, add_odometry_message
from optidepthnet_ros.scale.odometry import MotionEvidence
from optidepthnet_ros.scale.tracker import Frame, ScaleTracker


@dataclass(frozen=True)
class Scaled:
    """A frame after the correction of its scale.

    :param estimate: in metres
    :param correction: the correction that was just applied to its depth
    :param marks: where the evidence is, for the preview; None: not requested, or there is no evidence
    """

    estimate: DepthEstimate
    correction: Correction
    marks: Marks | None


class NodeScale:
    """Exists from configure to cleanup, if ``scale_source`` is not none.

    :raises ValueError: transforms are not available
    """

    def __init__(self, node: LifecycleNode, connections: Connections, parameters: Parameters):
        p = parameters
        self._node, self._parameters = node, p
        self._limits = FilterLimits(p.scale_min, p.scale_max, p.scale_rate, p.scale_timeout)
        self._tracker = ScaleTracker(self._limits, p.scale_sync)
        self._relative = ''  # the relative network of the tracker, as named in its estimates; empty: metric
        given = parse_transform('scale_transform', p.scale_transform)
        self._transforms: Transforms = StaticTransform(given) if given else TfTransforms(node, 'set scale_transform')
        self._motion = MotionEvidence() if p.scale_source == ODOMETRY else None
        self._body_frame = ''
        self._subscription = self._subscribe(connections) if p.scale_source in SCALE_TOPICS else None
        self._topic = '' if self._subscription is None else self._subscription.topic_name
        self._publisher = node.create_lifecycle_publisher(DiagnosticArray, '~/scale', QoSProfile(depth=2))
        self._service = node.create_service(Trigger, '~/scale/reset', self._serve_reset)

    def destroy(self) -> None:
        """Destroy topics and service."""
        if self._subscription is not None:
            self._node.destroy_subscription(self._subscription)
        self._node.destroy_lifecycle_publisher(self._publisher)
        self._node.destroy_service(self._service)
        self._transforms.destroy()

    def is_heard(self) -> bool:
        """Whether the scale topic has subscribers."""
        return self._publisher.get_subscription_count() > 0

    def reset(self) -> None:
        """Start again, uncorrected."""
        self._tracker.reset()
        if self._motion is not None:
            self._motion.reset()

    def correct(self, header: Header, estimate: DepthEstimate, image: np.ndarray, parameters: Parameters) -> Scaled:
        """Return the estimate corrected in place, or unchanged if nothing is known or ``scale_apply`` is false.

        The scale is published. All outputs of a frame are made from the result. Depth of a relative network is unknown
        without a correction, and with a stale one, because that was measured on other images.

        :param image: uint8 (H, W, 3) BGR or (H, W) gray
        """
        self._begin_with(estimate.relative)
        frame = Frame(nanoseconds(header.stamp), header.frame_id, estimate.depth, estimate.view.camera)
        if self._motion is not None:
            body_to_camera = partial(self._lookup, header.frame_id, self._body_frame)
            for stamp, evidence_of in self._motion.take(frame.stamp, to_gray(image), frame.camera, body_to_camera):
                self._tracker.offer(stamp, evidence_of)
        elif self._subscription is None:
            self._tracker.offer(frame.stamp, partial(self._ground, camera_height=parameters.camera_height))
        state = self._tracker.update(frame, parameters.min_depth, min(parameters.max_depth, parameters.farthest_known))
        if self.is_heard():
            status = status_message(self._node, self.status(parameters.scale_apply))
            self._publisher.publish(DiagnosticArray(header=header, status=[status]))
        applied = state.applied if parameters.scale_apply else IDENTITY
        marks = None
        if parameters.scale_preview and not (estimate.relative and state.stale):
            marks = self._tracker.marks(frame, applied)
        if estimate.relative:
            return Scaled(self._made_metric(estimate, state), applied, marks)
        applied.depth(estimate.depth, out=estimate.depth)
        return Scaled(estimate, applied, marks)

    def status(self, apply: bool) -> Status:
        """Report the state of the scale."""
        return scale_status(
            self._parameters.scale_source, self._topic, apply, self._tracker.state, bool(self._relative)
        )

    def _begin_with(self, relative: str) -> None:
        """Start again if inverse depth has a different unit than before."""
        if relative != self._relative:
            self._relative = relative
            self._tracker = ScaleTracker(replace(self._limits, relative=bool(relative)), self._parameters.scale_sync)

    def _made_metric(self, estimate: DepthEstimate, state: ScaleState) -> DepthEstimate:
        if not state.stale:
            return replace(estimate, depth=state.applied.depth_of_relative(estimate.depth), relative='')
        self._node.get_logger().warning(
            f'depth is unknown: {self.status(True).message}', throttle_duration_sec=REPEAT_AFTER
        )
        return replace(estimate, depth=np.full_like(estimate.depth, np.nan), relative='')

    def _subscribe(self, connections: Connections) -> Any:
        topic = self._parameters.scale_source
        return self._node.create_subscription(
            _message_type(topic),
            topic,
            self._take_evidence if self._motion is None else self._take_pose,
            QoSProfile(depth=5, reliability=ReliabilityPolicy.BEST_EFFORT),
            qos_overriding_options=qos_overrides(self._node.get_logger(), topic),
            event_callbacks=connections.subscription_events(topic, lambda _lost: None),
        )

    def _take_evidence(self, message: Any) -> None:
        self._tracker.offer(stamp_of(message), self._comparing(message))

    def _take_pose(self, message: Any) -> None:
        assert self._motion is not None  # otherwise there is no subscription to poses
        self._body_frame = message.child_frame_id
        add_odometry_message(message, self._motion.poses)

    def _comparing(self, message: Any) -> Callable[[Frame], Evidence]:
        _, compare = COMPARISONS[self._parameters.scale_source]

        def evidence_of(frame: Frame) -> Evidence:
            to_camera = self._lookup(frame.frame_id, message.header.frame_id, stamp_of(message))
            return compare(message, frame, to_camera)

        return evidence_of

    def _ground(self, frame: Frame, camera_height: float) -> Evidence:
        to_camera = self._lookup(frame.frame_id, self._parameters.scale_base_frame, frame.stamp)
        return evidence_of_base(frame.depth, frame.camera, to_camera, camera_height)

    def _lookup(self, target: str, source: str, stamp: int) -> np.ndarray:
        try:
            return self._transforms.lookup(target, source, stamp)
        except NoTransformError as error:
            raise UnsupportedFitError(str(error)) from None

    def _serve_reset(self, _request: Trigger.Request, response: Trigger.Response) -> Trigger.Response:
        self.reset()
        response.success, response.message = True, 'uncorrected, waiting for evidence'
        return response


def _message_type(source: str) -> type:
    """Return the message class of a source; its topic has the name of the source, before remapping and namespace.

    :raises ValueError: the package of the message is not installed
    """
    if source != ODOMETRY:
        return {'points': PointCloud2, 'scan': LaserScan, 'range': Range}[source]
    try:
        from nav_msgs.msg import Odometry
    except ImportError:
        raise ValueError('scale_source odometry needs nav_msgs, which is not installed: install it') from None
    message_type: type = Odometry
    return message_type
