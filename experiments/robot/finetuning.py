# SPDX-License-Identifier: Apache-2.0
"""Repeats the procedure of docs/finetuning.md: a stereo rig over DDS, recorded, trained on, and given to a depth node.

    python -m experiments.robot.finetuning --output DIR SCENE... [--base FILE] [--minutes 10]
        [--from-bag] [--place indoors]

SCENE are recordings as for `optidepthnet train --data`, which the base must not have been trained on. Each is published
as a rig and recorded by the training node; with --from-bag they are used directly for training. During all this, a
depth node gets the left views of the held-out pairs, and its depth is compared with their stereo matching: the error
shows which model is in use. Tables are printed; result.json and before_and_after.png go to the output.
"""

import argparse
import os
import time
from collections.abc import Callable
from itertools import cycle
from pathlib import Path

import numpy as np
import rclpy
from diagnostic_msgs.msg import DiagnosticArray
from rclpy.node import Node
from rclpy.qos import qos_profile_sensor_data
from sensor_msgs.msg import CameraInfo, Image
from std_msgs.msg import Header
from std_srvs.srv import Trigger

from experiments.command import optidepthnet
from optidepthnet_ros.checkpoints.checkpoint import Checkpoint
from optidepthnet_ros.checkpoints.models import PLACES, default_checkpoint
from optidepthnet_ros.evaluation.fine_tuned.recorded_frame import stereo_depth
from optidepthnet_ros.files.atomic import sha256, write_json
from optidepthnet_ros.recordings.recognise import SceneOptions, open_all
from optidepthnet_ros.ros.conversions.camera_info_message import info_from_camera
from optidepthnet_ros.ros.conversions.image_message import write_image
from optidepthnet_ros.ros.demo.processes import Children, private_ros_environment
from optidepthnet_ros.training.split import split_tails

TAIL, FAR = 0.25, 80.0  # share of each recording; metres
ENDS = 'promoted', 'refused', 'failed', 'compared'
SIDES = 'left', 'right'


class Robot(Node):
    """The stereo rig, the single camera of the depth node, and all subscriptions.

    :param check: raises if a node has died
    """

    def __init__(self, rate: float, check: Callable[[], None]):
        super().__init__('robot')
        self._check = check
        self._rigs = [self._camera(f'{side}/') for side in SIDES]
        self._single = self._camera('')
        self._period = 1 / rate
        self._next = 0.0
        self._truths = {}  # depth from stereo matching, by stamp
        self.shown = None  # left view, depth, camera, endlessly repeated
        self.depths = []  # time of arrival, Abs Rel, median
        self.status = {}  # diagnostics, by name
        self.create_subscription(Image, 'depth/image_rect', self._take_depth, 10)
        self.create_subscription(DiagnosticArray, '/diagnostics', self._take_diagnostics, 10)

    def value(self, name: str, key: str) -> str:
        """Return a value of a diagnostics line, empty if there is none."""
        values = self.status[name].values if name in self.status else ()
        return next((pair.value for pair in values if pair.key == key), '')

    def wait(self, condition, seconds=300.0):
        """Continue, showing frames to the depth node, until the condition holds."""
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end:
                raise SystemExit(
                    f'gave up after {seconds:.0f} s; the nodes report: '
                    f'{ {name: status.message for name, status in self.status.items()} }'
                )
            self._check()
            self._show()
            rclpy.spin_once(self, timeout_sec=0.02)

    def wait_for_depths(self, count: int):
        """Continue until N more depth images have arrived."""
        wanted = len(self.depths) + count
        self.wait(lambda: len(self.depths) >= wanted)

    def trigger(self, name: str) -> str:
        """Call a service of the training node; return its answer."""
        client = self.create_client(Trigger, f'training_node/{name}')
        self.wait(client.service_is_ready)
        future = client.call_async(Trigger.Request())
        self.wait(future.done)
        if not future.result().success:
            raise SystemExit(f'{name}: {future.result().message}')
        return future.result().message

    def drive(self, scene, seconds: float):
        """Publish a scene's pairs at this interval."""
        self.wait(lambda: all(topic.get_subscription_count() for topics in self._rigs for topic in topics))
        for index in range(len(scene)):
            stamp = self.get_clock().now().to_msg()
            for topics, view, baseline in zip(self._rigs, scene.read(index), (0.0, scene.rig.baseline)):
                self._publish(topics, view, scene.rig.camera, stamp, baseline)
            end = time.monotonic() + seconds
            self.wait(lambda end=end: time.monotonic() >= end)

    def _camera(self, prefix):
        return (
            self.create_publisher(CameraInfo, f'{prefix}camera_info', qos_profile_sensor_data),
            self.create_publisher(Image, f'{prefix}image', qos_profile_sensor_data),
        )

    def _publish(self, topics, view, camera, stamp, baseline):
        header = Header(stamp=stamp, frame_id='camera_optical_frame')
        info, image = info_from_camera(camera, header), Image(header=header)
        info.p[3] = -camera.fx * baseline
        write_image(image, view, 'mono8')
        for publisher, message in zip(topics, (info, image)):
            publisher.publish(message)

    def _show(self):
        if self.shown is None or time.monotonic() < self._next:
            return
        self._next = time.monotonic() + self._period
        view, depth, camera = next(self.shown)
        stamp = self.get_clock().now().to_msg()
        self._truths[stamp.sec, stamp.nanosec] = depth
        self._publish(self._single, view, camera, stamp, 0.0)

    def _take_depth(self, message):
        truth = self._truths.get((message.header.stamp.sec, message.header.stamp.nanosec))
        depth = np.frombuffer(message.data, np.float32).reshape(message.height, message.width)
        known = np.isfinite(depth) & (truth < FAR)
        self.depths.append(
            (
                time.monotonic(),
                float(np.mean(np.abs(depth[known] / truth[known] - 1))),
                float(np.median(depth[np.isfinite(depth)])),
            )
        )

    def _take_diagnostics(self, message):
        self.status |= {status.name: status for status in message.status}


def main() -> None:
    """Run the whole procedure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('scenes', type=Path, nargs='+', metavar='SCENE')
    parser.add_argument('--output', type=Path, required=True, metavar='DIR', help='new')
    parser.add_argument(
        '--base', type=Path, default=default_checkpoint(), metavar='FILE', help='default: the shipped model'
    )
    parser.add_argument('--minutes', type=float, default=10.0, help='length of the training; default: %(default)s')
    parser.add_argument('--nice', type=int, default=10, help='nice value of the training; default: %(default)s')
    parser.add_argument(
        '--rate', type=float, default=5.0, metavar='HZ', help='rate of frames for the depth node; default: %(default)s'
    )
    parser.add_argument('--rehearse', default='', metavar='PATH', help='recordings that must not be forgotten')
    parser.add_argument('--from-bag', action='store_true', help='train on SCENE directly, without recording')
    parser.add_argument('--place', choices=tuple(PLACES), default='road', help='where SCENE is; default: %(default)s')
    args = parser.parse_args()
    args.output.mkdir(parents=True)
    scenes = open_all(args.scenes, SceneOptions())
    known = Checkpoint.load(args.base).provenance.training_data
    if seen := [scene.name for scene in scenes if scene.name in known]:
        raise SystemExit(f'{args.base} was trained on {", ".join(seen)}')
    os.environ.update(private_ros_environment())
    rclpy.init()
    # The allocator that speeds up training is not for the depth node, whose libraries bring their own.
    preload = {name: os.environ.pop(name) for name in ('LD_PRELOAD',) if name in os.environ}
    with Children(os.environ | preload, args.output) as learning, Children(dict(os.environ), args.output) as depth:
        robot = Robot(args.rate, lambda: (learning.check(), depth.check()))
        _start_nodes(learning, depth, args)
        recordings = args.scenes if args.from_bag else [_record(robot, scenes, args.output)]
        robot.shown = _held_out(recordings)
        phases, longest = _learn_and_swap(robot, args)
    _report(phases, longest, args)
    optidepthnet(
        'promote',
        str(args.output / 'learned/runs/0001/last.safetensors'),
        '--base',
        str(args.base),
        '--data',
        *map(str, recordings),
        '--hold-out-tail',
        str(TAIL),
        '--threads',
        '1',
        *(['--sky'] if args.place == 'road' else []),
        '--picture',
        str(args.output / 'before_and_after.png'),
    )


def _start_nodes(learning, depth, args):
    learned = (args.output / 'learned').resolve()
    parameters = {
        'folder': learned,
        'base': args.base.resolve(),
        'minutes': args.minutes,
        'nice': args.nice,
        'hold_out_tail': TAIL,
        'depth_node': '/depth_node',
        'record.interval': 0.0,
        'rehearsal': f"['{args.rehearse}']",
        'place': args.place,
    }
    if args.from_bag:
        parameters['recordings'] = [str(path.resolve()) for path in args.scenes]
    depth.start(
        'depth_node',
        'optidepthnet_ros.ros.depth_node.node',
        '--ros-args',
        '-p',
        'threads:=1',
        '-p',
        f'checkpoint:={args.base.resolve()}',
    )
    learning.start(
        'training_node',
        'optidepthnet_ros.ros.training_node.node',
        '--ros-args',
        *(part for name, value in parameters.items() for part in ('-p', f'{name}:={value}')),
    )


def _record(robot, scenes, output):
    """Let the node record each scene; return the folder of the recordings."""
    for scene in scenes:
        robot.trigger('record/start')
        robot.drive(scene, 0.3)
        print(f'{scene.name}: {robot.trigger("record/stop")}', flush=True)
    return output / 'learned' / 'recordings'


def _held_out(recordings):
    """Return an endless iterator over left views of held-out pairs, with their depth by stereo matching."""
    frames = []
    for tail in split_tails(open_all(recordings, SceneOptions()), TAIL)[1]:
        for left, right in map(tail.read, range(len(tail))):
            frames.append((left, stereo_depth(left, right, tail.rig), tail.rig.camera))
    return cycle(frames)


def _learn_and_swap(robot, args):
    """Return results of the base, the tuned model and the base again, and the longest gaps before and at the swap."""
    base, node = sha256(args.base), '/training_node: fine-tuning'
    robot.wait(lambda: robot.value('depth_node: model', 'sha256') == base)
    robot.wait_for_depths(1)
    print(robot.trigger('start'), flush=True)
    robot.wait(lambda: robot.value(node, 'state') in ENDS, 60 * (args.minutes + 20))
    print(robot.status[node].message, flush=True)
    tuned = args.output / 'learned/current.safetensors'  # see docs/finetuning.md
    if not tuned.exists():
        raise SystemExit('nothing was promoted, so there is nothing to swap')
    phases, swap = {'base': robot.depths[:]}, len(robot.depths) - 1
    for phase, model in ('tuned', sha256(tuned)), ('base again', base):
        robot.wait(lambda model=model: robot.value('depth_node: model', 'sha256') == model)
        first = len(robot.depths)
        robot.wait_for_depths(30)
        phases[phase] = robot.depths[first:]
        if phase == 'tuned':
            longest = {'before': _longest(phases['base']), 'at the swap': _longest(robot.depths[swap:])}
            robot.trigger('rollback')
    return phases, longest


def _longest(depths):
    return float(np.diff([arrival for arrival, _, _ in depths]).max())


def _report(phases, longest, args):
    print('depth/image_rect of held-out frames, against stereo matching')
    for phase, depths in phases.items():
        print(
            f'{phase:>12}: {len(depths):5} images, Abs Rel {np.mean([error for _, error, _ in depths]):.3f}, '
            f'median {np.median([median for _, _, median in depths]):.1f} m'
        )
    print(', '.join(f'longest gap {when} {gap:.2f} s' for when, gap in longest.items()))
    write_json(args.output / 'result.json', {'longest gap (s)': longest, 'depths': phases})


if __name__ == '__main__':
    main()
