# SPDX-License-Identifier: Apache-2.0
"""The time from the start of the depth node's process to its first depth image, and its parts.

    python -m experiments.speed.start --output FILE.json [--rounds 5] [--checkpoint dlite0_street]

A camera of 640x480 already publishes at 30 Hz. Cold: the package's folder in the user's cache is empty, as on a machine
that runs the network for the first time; warm: as at every later start. Files are in memory in both cases. The moments
are those of the node's log, and of the first depth image at a listener. The steps inside are measured separately, in a
process that does the same in the same order. Seconds are wall-clock and processor time.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np

from optidepthnet_ros.files.atomic import write_json
from optidepthnet_ros.geometry.camera import Camera
from optidepthnet_ros.ros.demo.ros_domain import RosDomain
from optidepthnet_ros.ros.support.fast_dds import use_profile

CAMERA = Camera(640, 480, 525.0, 525.0, 319.5, 239.5)
MOMENTS = {'loading': 'ROS is imported', 'loaded': 'network is loaded', 'waiting for images': 'topics are there'}
FIRST = 'first depth image'
TICKS = os.sysconf('SC_CLK_TCK')


def main() -> None:
    """Measure both states, print and write them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--output', type=Path, metavar='FILE')
    parser.add_argument('--rounds', type=int, default=5)
    parser.add_argument('--checkpoint', default='dlite0_street')
    parser.add_argument('--inside', action='store_true', help='measure in this process, print JSON')
    args = parser.parse_args()
    if args.inside:
        print(json.dumps(inside(args.checkpoint)))
        return
    # DDS reads this at its start: without the profile, large images are lost.
    os.environ['ROS_AUTOMATIC_DISCOVERY_RANGE'] = 'LOCALHOST'
    use_profile()
    from optidepthnet_ros.evaluation.speed.report import environment

    record = {**environment(), 'checkpoint': args.checkpoint, 'rounds': args.rounds}
    with tempfile.TemporaryDirectory() as folder, Robot() as robot:
        for state in ('cold', 'warm'):
            starts, insides = [], []
            for number in range(args.rounds):
                cache = Path(folder, f'{state}{number}' if state == 'cold' else 'cold0')
                starts.append(robot.start(args.checkpoint, cache))
                # Cold: an empty folder for each start.
                insides.append(run_inside(args.checkpoint, Path(f'{cache}i') if state == 'cold' else cache))
                print(state, starts[-1], insides[-1], flush=True)
            record[state] = {'node': medians(starts), 'inside': medians(insides)}
    record['load_average_at_the_end'] = os.getloadavg()[0]
    print(json.dumps(record, indent=2))
    if args.output:
        write_json(args.output, record)


def medians(rounds):
    """Return the median of each part, in wall-clock and processor time."""
    return {
        part: dict(zip(('s', 'cpu_s'), np.median([one[part] for one in rounds], axis=0).round(3).tolist(), strict=True))
        for part in rounds[0]
    }


def run_inside(checkpoint, cache):
    command = [sys.executable, '-m', 'experiments.speed.start', '--inside', '--checkpoint', checkpoint]
    output = subprocess.check_output(command, env={**os.environ, 'XDG_CACHE_HOME': str(cache)}, text=True)
    return json.loads(output.splitlines()[-1])


def inside(checkpoint):
    """Return wall-clock and processor seconds of the node's steps from its start to its first depth, without DDS."""
    parts, last = {}, [time.perf_counter(), time.process_time()]

    def part(name):
        now = [time.perf_counter(), time.process_time()]
        parts[name] = [after - before for after, before in zip(now, last, strict=True)]
        last[:] = now

    from optidepthnet_ros.ros.depth_node import node  # noqa: F401

    part('import of rclpy, messages, numpy, OpenCV')
    os.environ.setdefault('OMP_WAIT_POLICY', 'PASSIVE')  # as in the node
    from optidepthnet_ros.checkpoints.checkpoint import Checkpoint
    from optidepthnet_ros.checkpoints.models import resolve_checkpoint
    from optidepthnet_ros.inference import DepthEstimator
    from optidepthnet_ros.ros.depth_node import outputs, pipeline  # noqa: F401

    part('import of the rest')
    loaded = Checkpoint.read(resolve_checkpoint(checkpoint))
    part('checkpoint')
    estimator = DepthEstimator(loaded, None, 'auto')
    part('runtime, with its self-test; cold: two of them, compared')
    estimator.prepare(CAMERA)
    part('compiled for the camera')
    estimator.estimate(np.zeros((CAMERA.height, CAMERA.width, 3), np.uint8), CAMERA)
    part('first image')
    return parts


class Robot:
    """A camera that publishes, and a listener, on a private ROS domain."""

    def __enter__(self):
        import rclpy
        from rclpy.executors import SingleThreadedExecutor
        from rclpy.qos import qos_profile_sensor_data
        from sensor_msgs.msg import CameraInfo, Image

        self._domain = RosDomain()
        self._context = rclpy.Context()
        rclpy.init(context=self._context, domain_id=self._domain.number)
        self._node = rclpy.create_node('robot', context=self._context)
        self._image = self._node.create_publisher(Image, 'image', qos_profile_sensor_data)
        self._info = self._node.create_publisher(CameraInfo, 'camera_info', qos_profile_sensor_data)
        self._depth = threading.Event()
        self._node.create_subscription(Image, 'depth/image_rect', lambda _: self._depth.set(), 1)
        self._node.create_timer(1 / 30, self._publish)
        self._message = Image(width=640, height=480, encoding='bgr8', step=1920)
        self._message.data = np.random.default_rng(0).integers(0, 256, 640 * 480 * 3, np.uint8).tobytes()
        executor = SingleThreadedExecutor(context=self._context)
        executor.add_node(self._node)
        self._thread = threading.Thread(target=executor.spin, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_):
        import rclpy

        rclpy.shutdown(context=self._context)
        self._thread.join()
        self._domain.release()

    def start(self, checkpoint, cache):
        """Start a node, and return wall-clock and processor seconds from each of its moments to the next."""
        environment = {**os.environ, 'XDG_CACHE_HOME': str(cache), 'ROS_DOMAIN_ID': str(self._domain.number)}
        self._depth.clear()
        moments = []
        began = time.time()
        node = subprocess.Popen(
            [
                sys.executable,
                '-m',
                'optidepthnet_ros.ros.depth_node.node',
                '--ros-args',
                '-p',
                f'checkpoint:={checkpoint}',
            ],
            env=environment,
            stderr=subprocess.PIPE,
            text=True,
        )
        reader = threading.Thread(target=self._read, args=(node, moments), daemon=True)
        reader.start()
        assert self._depth.wait(300)
        moments.append((FIRST, time.time(), processor_seconds(node.pid)))
        node.terminate()
        node.wait()
        reader.join()
        return differences(began, moments)

    def _read(self, node, moments):
        for line in node.stderr:
            for text, name in MOMENTS.items():
                if re.search(rf'\]: {text}', line) and name not in (moment[0] for moment in moments):
                    moments.append((name, float(re.search(r'\[(\d+\.\d+)\]', line)[1]), processor_seconds(node.pid)))

    def _publish(self):
        from optidepthnet_ros.ros.conversions.camera_info_message import info_from_camera

        self._message.header.stamp = self._node.get_clock().now().to_msg()
        self._info.publish(info_from_camera(CAMERA, self._message.header))
        self._image.publish(self._message)


def differences(began, moments):
    """Return seconds from each moment to the next, and all of them together."""
    found, before = {}, (began, 0.0)
    for name, *now in moments:
        found[name] = [after - earlier for after, earlier in zip(now, before, strict=True)]
        before = now
    return {**found, 'all': [moments[-1][1] - began, moments[-1][2]]}


def processor_seconds(pid):
    """Return the processor time of a process so far."""
    fields = Path(f'/proc/{pid}/stat').read_text().rpartition(')')[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


if __name__ == '__main__':
    main()
