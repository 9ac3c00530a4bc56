# SPDX-License-Identifier: Apache-2.0
"""The training node: records a camera, fine-tunes the network in a child process, and hands the result over.

It does not import torch. Only the child process does, so that the node always answers quickly and survives any failure
of the child.
"""

import json
import math
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import cv2
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus, KeyValue
from rclpy.node import Node
from rclpy.qos import DurabilityPolicy, QoSProfile
from sensor_msgs.msg import Image
from std_msgs.msg import Float32
from std_srvs.srv import Trigger

from optidepthnet_ros.checkpoints.models import PLACES
from optidepthnet_ros.finetuning.frame_choice import KEPT
from optidepthnet_ros.finetuning.state import State
from optidepthnet_ros.finetuning.supervisor import Supervisor
from optidepthnet_ros.ros.conversions.image_message import write_image
from optidepthnet_ros.ros.support.diagnostics import status_message
from optidepthnet_ros.ros.support.failures import Failures
from optidepthnet_ros.ros.support.log import tell
from optidepthnet_ros.ros.support.node_parameters import declare_parameters, read_parameters
from optidepthnet_ros.ros.support.process import InvalidCommandLine, expect_ros_arguments_alone, run_node
from optidepthnet_ros.ros.support.reason import reason_of
from optidepthnet_ros.ros.support.status import Level
from optidepthnet_ros.ros.support.unknown_parameters import warn_of_unknown_parameters
from optidepthnet_ros.ros.training_node.model_handover import ModelHandover
from optidepthnet_ros.ros.training_node.parameters import Parameters
from optidepthnet_ros.ros.training_node.recorder import Recorder
from optidepthnet_ros.ros.training_node.requests import folder_of, job_of, source_of, thresholds_of

_POLL_PERIOD = 1.0  # seconds
_PREVIEW = 'preview.png'
_TELL_EVERY = 10.0  # seconds, during a recording


class TrainingNode(Node):
    """Services to record, start, stop, resume and roll back; progress, figures and pictures on topics."""

    def __init__(self) -> None:
        # rclpy may destroy a node whose parameters were rejected.
        self._begun: Supervisor | None = None
        self._recorder: Recorder | None = None
        super().__init__('training_node')
        self.failures = Failures(self)
        declare_parameters(self, Parameters)
        warn_of_unknown_parameters(self, of_topics=False)
        self._folder = self._own_folder()
        self._supervisor = self._begun = Supervisor(self._folder)
        self._handover = ModelHandover(self)
        self._recorded = 'nothing has been recorded yet'
        self._shown: dict[str, object] = {}  # the last published content, by topic
        latched = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)
        self._progress = self.create_publisher(Float32, '~/progress', latched)
        self._metrics = self.create_publisher(DiagnosticArray, '~/metrics', 10)
        self._preview = self.create_publisher(Image, '~/preview', latched)
        self._diagnostics = self.create_publisher(DiagnosticArray, '/diagnostics', 10)
        for name, action in {
            'start': self._start,
            'stop': self._stop,
            'resume': self._resume,
            'status': self._status,
            'rollback': self._roll_back,
            'record/start': self._record,
            'record/stop': lambda: self._tell(self._stop_recording()),
        }.items():
            self.create_service(Trigger, f'~/{name}', partial(_answer, action))
        self.failures.guard_services()
        self.create_timer(_POLL_PERIOD, self._poll)

    def _own_folder(self) -> Path:
        try:
            return folder_of(self.get_parameter('folder').value)
        except ValueError as error:
            raise InvalidCommandLine(f'{error}') from None

    def begin(self) -> None:
        """Report the state from earlier runs."""
        if current := self._supervisor.store.current:
            self._handover.announce(current)
        self.get_logger().info(f'ready: {self._folder}; fine-tuning: {self._describe()}')
        if not self.get_parameter('place').value:
            self.get_logger().warning(f'parameter place is not set: ~/start requires it, {" or ".join(PLACES)}')

    def destroy_node(self) -> None:
        if self._recorder is not None:
            self._stop_recording()
        if self._begun is not None:
            self._begun.close()
        super().destroy_node()

    def _start(self) -> str:
        if self._recorder is not None:
            raise ValueError('a recording is running: stop it first, because it cannot be read until then')
        self._supervisor.start(job_of(read_parameters(self, Parameters), self._folder, self._supervisor.store.current))
        return self._tell(self._describe())

    def _stop(self) -> str:
        self._supervisor.stop()
        return 'the training saves its state and ends'

    def _resume(self) -> str:
        self._supervisor.resume()
        return self._tell(self._describe())

    def _status(self) -> str:
        return json.dumps({**self._facts(), 'recording': self._recording(), 'fine-tuning': self._describe()})

    def _roll_back(self) -> str:
        path = self._supervisor.store.roll_back()
        self._handover.hand_over(path, self.get_parameter('depth_node').value)
        self.get_logger().info(f'rolled back to {path}')
        return f'in use: {path}'

    def _record(self) -> str:
        if self._recorder is not None:
            raise ValueError(f'already recording into {self._recorder.folder}')
        parameters = read_parameters(self, Parameters)
        self._recorder = Recorder(
            self,
            self._folder / 'recordings',
            thresholds_of(parameters),
            source_of(parameters),
            tolerance=parameters.record_stamp_tolerance,
            keep_free=round(1e9 * parameters.record_keep_free_gb),
        )
        return self._tell(f'recording into {self._recorder.folder}')

    def _stop_recording(self) -> str:
        if self._recorder is None:
            raise ValueError(f'not recording: {self._recorded}')
        recorder, self._recorder = self._recorder, None
        self._recorded = recorder.summary()
        if recorder.ended_by:
            self._recorded += f'; ended by itself: {recorder.ended_by}'
        try:
            recorder.stop()
        except Exception as error:
            self._recorded += f'; it cannot be read, because its end was not written: {error}'
        return self._recorded

    def _poll(self) -> None:
        """Check recording and training, and publish what is new."""
        if self._recorder is not None and self._recorder.ended_by:
            self.get_logger().error(self._stop_recording())
        if self._supervisor.poll():
            self._report()
        self._handover.poll()
        self._publish()

    def _report(self) -> None:
        """Log a new state, and hand over a promoted model."""
        state = self._supervisor.state
        tell(self.get_logger(), self._describe(), good=state != State.FAILED)
        if state == State.PROMOTED and (current := self._supervisor.store.current):
            self._handover.hand_over(current, self.get_parameter('depth_node').value)

    def _tell(self, news: str) -> str:
        """Log a message for the console, and return it."""
        self.get_logger().info(news)
        return news

    def _describe(self) -> str:
        return f'{self._supervisor.state}: {self._supervisor.message}'

    def _recording(self) -> str:
        return self._recorder.summary() if self._recorder else self._recorded

    def _facts(self) -> dict[str, Any]:
        """Return the available figures as a flat dictionary."""
        progress = self._supervisor.progress()
        facts: dict[str, Any] = {'state': self._supervisor.state} | progress | progress.get('metrics', {})
        facts.pop('metrics', None)
        if settings := self._supervisor.report().get('settings'):
            facts |= {'better': settings['better'], 'comparison': settings['reason']}
        return facts | {'in use': str(self._supervisor.store.current or ''), 'handover': self._handover.answer}

    def _publish(self) -> None:
        facts = self._facts()
        status = DiagnosticStatus(
            name=f'{self.get_fully_qualified_name()}: fine-tuning',
            level=self._level().as_byte,
            message=self._describe(),
            values=[KeyValue(key=key, value=_text(value)) for key, value in facts.items()],
        )
        self._diagnostics.publish(
            self._array(status, self._recording_status(), status_message(self, self.failures.status()))
        )
        if self._is_new('metrics', facts):
            self._metrics.publish(self._array(status))
        share = 1.0 if self._supervisor.state.is_complete else float(facts.get('share', 0.0))
        if self._is_new('progress', share):
            self._progress.publish(Float32(data=share))
        self._tell_progress(share, facts.get('seconds_left'))
        self._publish_preview()

    def _tell_progress(self, share: float, seconds_left: float | None) -> None:
        """Log the progress of a recording or a training from time to time."""
        kept = self._recorder.counts()[KEPT] if self._recorder else 0
        if kept and self._is_new('kept', kept):
            self.get_logger().info(f'recording: {kept} kept', throttle_duration_sec=_TELL_EVERY)
        if self._supervisor.state == State.TRAINING and self._is_new('tenth', tenth := math.floor(10 * share)):
            left = f', {math.ceil(seconds_left / 60)} min left' if seconds_left else ''
            self._tell(f'training {10 * tenth} %{left}')

    def _publish_preview(self) -> None:
        path = self._supervisor.run and self._supervisor.run / _PREVIEW
        if path and path.exists() and self._is_new('preview', (path, path.stat().st_mtime_ns)):
            picture = cv2.imread(str(path))
            if picture is not None:
                message = Image()
                message.header.stamp = self.get_clock().now().to_msg()
                write_image(message, picture, 'bgr8')
                self._preview.publish(message)

    def _recording_status(self) -> DiagnosticStatus:
        level = Level.OK
        counts: dict[str, int] = {}
        if self._recorder is None:
            level = Level.ERROR if 'ended by itself' in self._recorded else level
        else:
            level = Level.WARN if self._recorder.silent_topics() else level
            counts = self._recorder.counts()
        return DiagnosticStatus(
            name=f'{self.get_fully_qualified_name()}: recording',
            message=self._recording(),
            level=level.as_byte,
            values=[KeyValue(key=reason, value=str(number)) for reason, number in counts.items()],
        )

    def _level(self) -> Level:
        return {State.FAILED: Level.ERROR, State.REFUSED: Level.WARN}.get(self._supervisor.state, Level.OK)

    def _array(self, *statuses: DiagnosticStatus) -> DiagnosticArray:
        array = DiagnosticArray(status=statuses)
        array.header.stamp = self.get_clock().now().to_msg()
        return array

    def _is_new(self, topic: str, content: object) -> bool:
        changed = self._shown.get(topic) != content
        self._shown[topic] = content
        return changed


def _answer(action: Callable[[], str], request: Trigger.Request, response: Trigger.Response) -> Trigger.Response:
    """Run the action of a service; errors are returned as its response, not raised."""
    try:
        response.message, response.success = action(), True
    except Exception as error:
        response.message, response.success = reason_of(error), False
    return response


def _text(value: object) -> str:
    return f'{value:.6g}' if isinstance(value, float) else str(value)


def main() -> int:
    """Run the node until Ctrl-C or SIGTERM.

    :return: exit status
    """
    expect_ros_arguments_alone('training_node', __doc__, Parameters)
    return run_node(TrainingNode, TrainingNode.begin)


if __name__ == '__main__':
    sys.exit(main())
