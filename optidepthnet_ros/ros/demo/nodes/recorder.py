# SPDX-License-Identifier: Apache-2.0
"""Records the inputs and outputs of the depth node into a bag, in a process of its own."""

import argparse
import struct
import sys
import time
from functools import partial
from pathlib import Path

import rclpy
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus
from rclpy.node import Node
from rclpy.qos import QoSProfile, qos_profile_sensor_data
from rclpy.utilities import remove_ros_args
from sensor_msgs.msg import CameraInfo, Image, PointCloud2

from optidepthnet_ros.ros.demo.bag import Record, optical_frame_record, write_bag
from optidepthnet_ros.ros.support.failures import Failures
from optidepthnet_ros.ros.support.process import run_node

_DEPTH = '/depth/image_rect'
_INPUTS = {'/image': Image, '/camera_info': CameraInfo}
_OUTPUTS = {_DEPTH: Image, '/depth/camera_info': CameraInfo, '/depth/points': PointCloud2, '/depth/preview': Image}
_PATIENCE = 120.0  # seconds without a message until it gives up; the demo itself checks that the processes are alive


class DemoRecorder(Node):
    """Records N frames with their outputs, or fewer if no more messages arrive.

    Frames count after the first one that has depth: the node drops frames that arrive while it prepares for the
    camera. Messages are stored as received, serialised, so that recording costs nothing. The inputs are subscribed to
    last: a camera that waits for the recorder then starts when the outputs are connected, too.
    """

    def __init__(self, frames: int):
        super().__init__('demo_recorder')
        self.failures = Failures(self)
        self.records: list[Record] = []
        self.finished = False
        self._frames = frames
        self._images = 0
        self._begin: tuple[int, int] | None = None  # of the last frame that does not count yet
        self._last_stamp: tuple[int, int] | None = None  # of the last frame that counts
        self._newest = dict.fromkeys([*_INPUTS, *_OUTPUTS], (0, 0))  # stamp by topic
        self._deadline = time.monotonic() + _PATIENCE
        self._failed = False
        self._connected = False
        self._subscribe(_OUTPUTS, QoSProfile(depth=20))
        self.create_subscription(DiagnosticArray, '/diagnostics', self._look_at, 10)
        self.create_timer(0.1, self._check)

    def _subscribe(self, topics: dict[str, type], profile: QoSProfile) -> None:
        for topic, message_type in topics.items():
            self.create_subscription(message_type, topic, partial(self._take, topic, message_type), profile, raw=True)

    def _take(self, topic: str, message_type: type, data: bytes) -> None:
        received = time.time_ns()
        stamp = _stamp(data)
        self._newest[topic] = stamp
        if self._begin is None and topic == _DEPTH:
            self._begin = max(self._newest.values())
        if self._begin is None or stamp <= self._begin:
            return
        if self._last_stamp is not None and stamp > self._last_stamp:
            return
        self._deadline = time.monotonic() + _PATIENCE
        self.records.append(Record(topic, f'sensor_msgs/msg/{message_type.__name__}', received, data))
        if topic == '/image':
            self._images += 1
            if self._images == self._frames:
                self._last_stamp = stamp
            if self._images % 10 == 0 or self._images == self._frames:
                print(f'   {self._images} of {self._frames} frames sent', flush=True)

    def _check(self) -> None:
        if not self._connected:
            self._connect()
        complete = self._last_stamp is not None and min(self._newest.values()) >= self._last_stamp
        if complete or self._failed or time.monotonic() > self._deadline:
            self.finished = True
            rclpy.shutdown()

    def _connect(self) -> None:
        if all(map(self.count_publishers, _OUTPUTS)):
            print('   depth_node is up', flush=True)
            self._connected = True
            self._deadline = time.monotonic() + _PATIENCE
            self._subscribe(_INPUTS, qos_profile_sensor_data)

    def _look_at(self, diagnostics: DiagnosticArray) -> None:
        self._failed |= any(
            status.name == 'depth_node: model' and status.level == DiagnosticStatus.ERROR
            for status in diagnostics.status
        )


def _stamp(data: bytes) -> tuple[int, int]:
    """Return seconds and nanoseconds of the header at the beginning of a serialised message."""
    seconds, nanoseconds = struct.unpack_from('<iI' if data[1] else '>iI', data, 4)
    return seconds, nanoseconds


def main() -> int:
    """Record, and write the bag; nothing is written after Ctrl-C or SIGTERM.

    :return: exit status, 130 if it was interrupted
    """
    parser = argparse.ArgumentParser(prog='demo_recorder', description=__doc__)
    parser.add_argument('folder', type=Path, help='existing folder for the bag')
    parser.add_argument('--frames', type=int, required=True)
    parser.add_argument('--frame-id', required=True, help='optical frame of the camera')
    args = parser.parse_args(remove_ros_args(sys.argv)[1:])
    recorders: list[DemoRecorder] = []

    def make_recorder() -> DemoRecorder:
        recorders.append(DemoRecorder(args.frames))
        return recorders[0]

    status = run_node(make_recorder, lambda node: None)
    if status or not recorders[0].finished:
        return status or 130
    records = recorders[0].records
    start = records[0].received if records else time.time_ns()
    write_bag(args.folder, [optical_frame_record(args.frame_id, start), *records])
    return 0


if __name__ == '__main__':
    sys.exit(main())
