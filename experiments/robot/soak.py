# SPDX-License-Identifier: Apache-2.0
"""Runs the depth node for minutes with more images than it can process, and reports whether anything grows.

    python -m experiments.robot.soak MINUTES [--rate 60] [--checkpoint FILE] [--images FOLDER]

A camera process publishes the images at this rate; this process receives everything that the node publishes.
Latency is the time from the stamp of an image to the arrival of its depth; memory is the minimum of the values that the
node reports once a second: a leak raises it, messages that a busy listener has not taken yet do not. "Intervals" is the
median latency in intervals between depth images: if it stays constant, no queue grows, whatever the other load on the
machine. A row of the table is a minute, or a sixth of a shorter run; the first is warm-up and not judged. The exit
status is 1 if the memory of any later row is more than 2 % above that of the second, or the 95th percentile of latency
of the last row is more than 20 % above that of the second.
"""

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import rclpy
from diagnostic_msgs.msg import DiagnosticArray
from rclpy.time import Time
from sensor_msgs.msg import CameraInfo, Image, PointCloud2
from stereo_msgs.msg import DisparityImage

from optidepthnet_ros.files.share import share_path
from optidepthnet_ros.ros.demo.processes import Children, last_complaint, private_ros_environment

_MEMORY, _LATENCY = 1.02, 1.20
_OUTPUTS = {
    'depth/points': PointCloud2,
    'depth/confidence': Image,
    'depth/disparity': DisparityImage,
    'depth/preview': Image,
    'depth/camera_info': CameraInfo,
}


def main() -> int:
    """Run and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('minutes', type=float)
    parser.add_argument('--rate', default='60', help='images per second; default: %(default)s')
    parser.add_argument('--checkpoint', default='', help='default: the shipped model')
    parser.add_argument(
        '--images',
        default=str(share_path('demo', 'kitti_odometry')),
        help='with their camera.yaml; default: those of the demonstration',
    )
    args = parser.parse_args()
    environment = private_ros_environment()
    os.environ.update(environment)  # for ROS in this process
    parameters = ['-p', 'threads:=1'] + (['-p', f'checkpoint:={args.checkpoint}'] if args.checkpoint else [])
    with tempfile.TemporaryDirectory() as logs, Children(environment, Path(logs)) as children:
        node = children.start('depth_node', 'optidepthnet_ros.ros.depth_node.node', '--ros-args', *parameters)
        children.start('camera', 'optidepthnet_ros.ros.demo.nodes.camera_replay', args.images, '--rate', args.rate)
        record = _record(60 * args.minutes, node, children.log('depth_node'))
        node.terminate()
        status = node.wait()
    return _report(record, 60 * args.minutes) or status


def _record(seconds, node, log) -> '_Record':
    """Return what the node published in that time, from the first depth on."""
    rclpy.init()
    listener = rclpy.create_node('soak')
    record = _Record(listener)
    while not record.latencies or time.monotonic() < record.latencies[0][0] + seconds:
        if node.poll() is not None:
            raise SystemExit(f'the node ended with status {node.returncode}: {last_complaint(log)}')
        rclpy.spin_once(listener, timeout_sec=0.1)
    listener.destroy_node()
    rclpy.shutdown()
    return record


class _Record:
    """Records what the node publishes; each entry is a time and a value."""

    def __init__(self, listener):
        self.latencies = []  # milliseconds
        self.memory = []  # megabytes
        self.rates = []  # images per second, as the node received them
        self._clock = listener.get_clock()
        listener.create_subscription(Image, 'depth/image_rect', self._take_depth, 10)
        listener.create_subscription(DiagnosticArray, '/diagnostics', self._take_diagnostics, 10)
        for topic, message_type in _OUTPUTS.items():
            listener.create_subscription(message_type, topic, lambda message: None, 10)

    def _take_depth(self, message):
        age = self._clock.now() - Time.from_msg(message.header.stamp)
        self.latencies.append((time.monotonic(), age.nanoseconds / 1e6))

    def _take_diagnostics(self, message):
        status = {status.name.split(': ')[1]: status for status in message.status}
        now = time.monotonic()
        self.memory.append((now, float(status['process'].message.split()[0])))
        if 'input' in status:
            rate = next(pair.value for pair in status['input'].values if pair.key == 'rate (Hz)')
            self.rates.append((now, float(rate)))


def _report(record, seconds) -> int:
    """Print the table, and return 1 if memory or latency grew."""
    length = min(60.0, seconds / 6)
    start = record.latencies[0][0]
    print(
        f'{"minutes":>8} {"in (Hz)":>9} {"out (Hz)":>9} {"latency p50":>12} {"p95 (ms)":>9} {"intervals":>10} '
        f'{"memory (MB)":>12}'
    )
    rows = []
    for number in range(round(seconds / length)):
        latencies, memory, rates = (
            _between(values, start + number * length, length)
            for values in (record.latencies, record.memory, record.rates)
        )
        if not (len(latencies) and len(memory) and len(rates)):
            print(f'no depth or no diagnostics for {length:.0f} s', file=sys.stderr)
            return 1
        rows.append((np.percentile(latencies, 95), min(memory)))
        rate, median = len(latencies) / length, np.median(latencies)
        print(
            f'{(number + 1) * length / 60:8.1f} {np.mean(rates):9.1f} {rate:9.2f} {median:12.1f} '
            f'{rows[-1][0]:9.1f} {rate * median / 1e3:10.2f} {rows[-1][1]:12.1f}',
            flush=True,
        )
    latency = rows[-1][0] / rows[1][0]
    memory = max(row[1] for row in rows[1:]) / rows[1][1]
    print(
        f'since warm-up: memory at most {memory - 1:+.2%}, p95 of latency {latency - 1:+.1%}; '
        f'{len(record.latencies)} depth images'
    )
    return int(memory > _MEMORY or latency > _LATENCY)


def _between(values, start, length) -> list[float]:
    return [value for when, value in values if start <= when < start + length]


if __name__ == '__main__':
    sys.exit(main())
