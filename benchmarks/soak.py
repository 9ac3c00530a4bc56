"""Runs the depth node for minutes with more images than it can work on, and tells whether anything creeps.

    python benchmarks/soak.py MINUTES [--rate 60] [--width 640 --height 480] [--checkpoint FILE]

A camera process publishes at the rate; a listener takes depth, and the node's own diagnostics give the rest. A row of
the table is a sixth of the run after a warm-up of a sixth. The exit status is 1 when resident memory of the last row
is more than 2 % above that of the first, or the 95th percentile of latency (wait, inference and publish) more than
20 % above: latency is given by the node, second by second, as the slowest frame of the second.
"""

import argparse
import os
import subprocess
import sys
import time

import numpy as np
import rclpy
from diagnostic_msgs.msg import DiagnosticArray
from rclpy.qos import qos_profile_sensor_data
from sensor_msgs.msg import CameraInfo, Image

from optidepthnet_ros.ros.camera_info import info_from_camera
from optidepthnet_ros.camera import Camera

_ROWS, _MEMORY, _LATENCY = 5, 1.02, 1.20


def main() -> int:
    """Run and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('minutes', type=float)
    parser.add_argument('--rate', type=float, default=60.0, help='images per second; default: %(default)s')
    parser.add_argument('--width', type=int, default=640)
    parser.add_argument('--height', type=int, default=480)
    parser.add_argument('--checkpoint', default='', help='default: the shipped model')
    args = parser.parse_args()
    os.environ['ROS_AUTOMATIC_DISCOVERY_RANGE'] = 'LOCALHOST'
    command = [sys.executable, '-m', 'optidepthnet_ros.ros.depth_node', '--ros-args', '-p', 'threads:=1']
    if args.checkpoint:
        command += ['-p', f'checkpoint:={args.checkpoint}']
    node = subprocess.Popen(command)
    try:
        seconds = _record(args, node)
    finally:
        node.terminate()
        status = node.wait()
    return _report(seconds) or status


def _record(args, process) -> list[dict[str, float]]:
    """Drive the node, and return what it says of each second in which it published depth."""
    rclpy.init()
    robot = rclpy.create_node('soak')
    seconds = []
    robot.create_subscription(DiagnosticArray, '/diagnostics', lambda message: seconds.append(_figures(message)), 10)
    robot.create_subscription(Image, 'depth/image_rect', lambda message: None, 10)
    _Camera(robot, args)
    end = None
    while end is None or time.monotonic() < end:
        if process.poll() is not None:
            raise SystemExit(f'the node ended with status {process.returncode}')
        rclpy.spin_once(robot, timeout_sec=0.1)
        if end is None and seconds and seconds[-1]:
            end = time.monotonic() + 60 * args.minutes
    robot.destroy_node()
    rclpy.shutdown()
    return [second for second in seconds if second]


class _Camera:
    """Publishes one noisy picture over and over."""

    def __init__(self, robot, args):
        self._clock = robot.get_clock()
        self._camera = Camera(args.width, args.height, 0.8 * args.width, 0.8 * args.width, args.width / 2,
                              args.height / 2)
        pixels = np.random.default_rng(0).integers(0, 256, (args.height, args.width, 3), np.uint8)
        self._image = Image(width=args.width, height=args.height, encoding='bgr8', step=3 * args.width,
                            data=pixels.tobytes())
        self._images = robot.create_publisher(Image, 'image', qos_profile_sensor_data)
        self._infos = robot.create_publisher(CameraInfo, 'camera_info', qos_profile_sensor_data)
        robot.create_timer(1 / args.rate, self._send)

    def _send(self):
        self._image.header.stamp = self._clock.now().to_msg()
        self._images.publish(self._image)
        self._infos.publish(info_from_camera(self._camera, self._image.header))


def _figures(message) -> dict[str, float]:
    """Return input and output rates, latency and memory; empty in a second without depth."""
    status = {status.name.split(': ')[1]: status for status in message.status}
    if 'output' not in status:
        return {}
    output = {pair.key: float(pair.value) for pair in status['output'].values}
    if 'wait (ms)' not in output:
        return {}
    return {'in (Hz)': float(next(pair.value for pair in status['input'].values if pair.key == 'rate (Hz)')),
            'out (Hz)': output['rate (Hz)'],
            'latency (ms)': sum(output[f'{part}, slowest (ms)'] for part in ('wait', 'inference', 'publish')),
            'memory (MB)': float(status['process'].message.split()[0])}


def _report(seconds) -> int:
    """Print the table, and return 1 where memory or latency grew."""
    if len(seconds) < 2 * _ROWS:
        print(f'only {len(seconds)} seconds with depth: run longer', file=sys.stderr)
        return 1
    parts = np.array_split(seconds[len(seconds) // (_ROWS + 1):], _ROWS)
    print(f'{"seconds":>8} {"in (Hz)":>9} {"out (Hz)":>9} {"latency p95 (ms)":>17} {"memory (MB)":>12}')
    rows = [[np.mean([second['in (Hz)'] for second in part]), np.mean([second['out (Hz)'] for second in part]),
             np.percentile([second['latency (ms)'] for second in part], 95),
             np.median([second['memory (MB)'] for second in part])] for part in parts]
    for part, row in zip(parts, rows):
        print(f'{len(part):8} {row[0]:9.1f} {row[1]:9.2f} {row[2]:17.1f} {row[3]:12.0f}')
    memory, latency = rows[-1][3] / rows[0][3], rows[-1][2] / rows[0][2]
    print(f'last to first: memory {memory - 1:+.1%}, latency {latency - 1:+.1%}')
    return int(memory > _MEMORY or latency > _LATENCY)


if __name__ == '__main__':
    sys.exit(main())
