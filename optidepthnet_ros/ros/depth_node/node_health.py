# SPDX-License-Identifier: Apache-2.0
"""The health of the depth node: collects the state of its parts for diagnostics."""

from typing import TYPE_CHECKING

from optidepthnet_ros.ros.depth_node.calibrations import Calibrations
from optidepthnet_ros.ros.depth_node.connections import Connections
from optidepthnet_ros.ros.depth_node.frame_statistics import FrameStatistics, FrameSummary
from optidepthnet_ros.ros.depth_node.health import (
    calibration_status,
    connections_status,
    image_status,
    input_status,
    model_status,
    output_status,
    process_status,
    several_publishers,
)
from optidepthnet_ros.ros.depth_node.model_loader import ModelLoader
from optidepthnet_ros.ros.support.managed_node import ManagedNode
from optidepthnet_ros.ros.support.status import Status

if TYPE_CHECKING:  # importing them takes seconds
    from optidepthnet_ros.inference.estimator import Estimator
    from optidepthnet_ros.ros.depth_node.frame_camera import FrameCamera
    from optidepthnet_ros.ros.depth_node.pipeline import DepthPipeline
    from optidepthnet_ros.ros.depth_node.scale.node_scale import NodeScale


class NodeHealth:
    """The node's parts, for diagnostics.

    ``pipeline`` and ``scale`` are None unless the node is configured, ``input_topic`` unless it is active.
    """

    def __init__(
        self,
        node: ManagedNode,
        statistics: FrameStatistics,
        calibrations: Calibrations,
        models: ModelLoader,
        connections: Connections,
    ):
        self.pipeline: DepthPipeline | None = None
        self.scale: NodeScale | None = None
        self.input_topic: str | None = None
        self._node = node
        self._statistics = statistics
        self._calibrations = calibrations
        self._models = models
        self._connections = connections
        self._late_before = 0
        self._shared: set[str] = set()  # topics for which several publishers were already reported

    def statuses(self) -> list[Status]:
        """Report on the time since the last call; on the flow of frames only while the node is active."""
        pipeline, topic, summary = self.pipeline, self.input_topic, self._statistics.collect()
        scale = self.scale
        statuses = [
            self._model(pipeline, topic),
            connections_status(self._connections.problems()),
            process_status(),
            self._node.failures.status(),
        ]
        if pipeline is not None and topic is not None:
            statuses += self._flow(pipeline, topic, summary)
            if scale is not None:
                statuses.append(scale.status(pipeline.parameters.scale_apply))
        return statuses

    def _flow(self, pipeline: 'DepthPipeline', topic: str, summary: FrameSummary) -> list[Status]:
        return [
            input_status(summary, topic, self._publishers(topic)),
            image_status(pipeline.input),
            output_status(summary),
            self._calibration(pipeline),
        ]

    def _publishers(self, topic: str) -> int:
        """Count publishers, and log once if there are several, for users who do not look at diagnostics."""
        publishers = self._node.count_publishers(topic)
        if publishers > 1 and topic not in self._shared:
            self._shared.add(topic)
            self._node.get_logger().warning(several_publishers(publishers, topic))
        return publishers

    def _model(self, pipeline: 'DepthPipeline | None', topic: str | None) -> Status:
        phase = 'unconfigured' if pipeline is None else 'inactive' if topic is None else 'active'
        warning = ''
        values: dict[str, object] = {}
        used, estimator = self._models.used, self._models.estimator
        if used is not None and estimator is not None:
            warnings = [used.warning]
            if pipeline is not None and pipeline.parameters.scale_model not in ('', estimator.digest):
                warnings += ['scale_factor was measured with another checkpoint and is not applied: calibrate again']
            warning = '; '.join(filter(None, warnings))
            values = {
                'name': estimator.name,
                'checkpoint': used.name,
                'sha256': estimator.digest,
                'licence': estimator.licence,
                'runtime': estimator.runtime,
                'threads': estimator.threads,
            }
        busy = ''
        if self._models.loading:
            busy = 'loading a checkpoint'
        elif pipeline is not None and pipeline.is_preparing:
            busy = 'preparing for the camera'
        return model_status(phase, self._models.problem, warning, busy, values)

    def _calibration(self, pipeline: 'DepthPipeline') -> Status:
        frame, error = pipeline.camera, pipeline.calibration_error
        topic = self._node.resolve_topic_name('camera_info')
        publishers = self._publishers(topic)
        values: dict[str, object] = {
            'changes': self._calibrations.changes,
            'late': self._calibrations.late,
            'publishers': publishers,
        }
        if frame is None:
            return calibration_status(None, error, {}, values)
        notes = self._notes(frame, pipeline.estimator)
        if publishers > 1:
            notes['several publishers'] = several_publishers(publishers, topic)
        if frame.unseen is not None:
            values['not seen by the lens (%)'] = f'{100 * frame.unseen.mean():.1f}'
        return calibration_status(frame.camera, error, notes, values)

    def _notes(self, frame: 'FrameCamera', estimator: 'Estimator') -> dict[str, str]:
        notes = {}
        late, self._late_before = self._calibrations.late - self._late_before, self._calibrations.late
        unseen = estimator.view(frame.camera).unseen
        if self._calibrations.is_changing():
            notes['changed'] = (
                'a different calibration has just arrived; until it is stable, each frame needs one with its own stamp'
            )
        if late:
            notes['late'] = 'frames did not get a calibration with their stamp in time, and were dropped'
        if self._calibrations.other_frame_id:
            notes['other frame_id'] = (
                f"camera_info has '{self._calibrations.other_frame_id}', the images have "
                'a different one; their stamps agree, so it is used'
            )
        if frame.scaled:
            notes['other size'] = 'camera_info is for a different image size, and is scaled to the images'
        if frame.beside > 0:
            notes['right camera'] = (
                f'according to P, the camera is {frame.beside:.3f} m to the right of the frame that camera_info names, '
                'and depth and points are off by as much in that frame: use the left camera'
            )
        if unseen:
            notes['field of view'] = unseen
        return notes
