# SPDX-License-Identifier: Apache-2.0
"""`optidepthnet demo`: replays real frames to the depth node over ROS 2, and shows the result."""

import argparse
import sys
from importlib.util import find_spec
from pathlib import Path

from optidepthnet_ros.checkpoints.models import DEFAULT_MODEL, resolve_checkpoint
from optidepthnet_ros.cli.commands.estimator_options import CHECKPOINT_HELP
from optidepthnet_ros.files.image_sequence import Sequence, read_sequence
from optidepthnet_ros.files.share import share_path
from optidepthnet_ros.ros.demo.measures import DEPTH, IMAGE, NoDepth, depth_of, image_of, measure, pair_to_show
from optidepthnet_ros.ros.demo.processes import ChildEnded, Children, last_complaint, private_ros_environment

SUMMARY = 'depth from real frames through the ROS 2 node'
FRAME_ID = 'camera_optical_frame'
RESULTS = ('demo.mcap', 'metadata.yaml', 'summary.json', 'depth.png')


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument('--output', type=Path, default=Path('demo_output'), metavar='DIR', help='default: %(default)s')
    parser.add_argument(
        '--sequence',
        type=Path,
        metavar='DIR',
        help='folder with rectified images of one camera and their camera.yaml; default: the shipped images',
    )
    parser.add_argument('--checkpoint', default=DEFAULT_MODEL, metavar='CHECKPOINT', help=CHECKPOINT_HELP)
    parser.add_argument(
        '--rate', type=float, default=10.0, metavar='HZ', help='frames per second; default: %(default)s'
    )
    parser.add_argument(
        '--passes', type=int, default=2, metavar='N', help='how often to replay the sequence; default: %(default)s'
    )


def run(args: argparse.Namespace) -> int:
    """Run depth node, camera and recorder, each in its own process; then measure and draw what was recorded.

    :return: exit status, 1 if no depth arrived
    """
    _check(args)
    folder = args.sequence or share_path('demo', 'kitti_odometry')
    sequence = read_sequence(folder)
    args.output.mkdir(parents=True, exist_ok=True)
    for name in RESULTS:  # so that results of an earlier run are not mistaken for those of this one
        (args.output / name).unlink(missing_ok=True)
    children = Children(private_ros_environment(), args.output)
    try:
        _record(children, folder, len(sequence.images) * args.passes, args)
        _report(sequence, args.output)
    except ChildEnded as error:
        return _no_depth(f'{error}')
    except NoDepth as error:
        return _no_depth(f'{error}; depth_node reports: {last_complaint(children.log("depth_node"))}')
    return 0


def _no_depth(reason: str) -> int:
    print(f'optidepthnet demo: no depth: {reason}', file=sys.stderr)
    return 1


def _check(args: argparse.Namespace) -> None:
    for module in ('matplotlib', 'rosbags'):
        if find_spec(module) is None:
            raise ValueError(f'the demo needs {module}: pip install matplotlib rosbags')
    if not 0 < args.rate <= 1000:
        raise ValueError(f'--rate is {args.rate}, but must be above 0 and at most 1000 frames per second')
    if args.passes < 1:
        raise ValueError(f'--passes is {args.passes}, but must be at least 1')
    resolve_checkpoint(args.checkpoint)


def _record(children: Children, folder: Path, frames: int, args: argparse.Namespace) -> None:
    """Run all three processes until ``frames`` frames and their depth are in the bag."""
    print('== Starting depth node, camera and recorder, each as its own process', flush=True)
    checkpoint = resolve_checkpoint(args.checkpoint).resolve()
    with children:
        children.start(
            'depth_node', 'optidepthnet_ros.ros.depth_node.node', '--ros-args', '-p', f'checkpoint:={checkpoint}'
        )
        # It waits for the node and for the recorder. The recorder also waits for the node.
        children.start(
            'camera',
            'optidepthnet_ros.ros.demo.nodes.camera_replay',
            str(folder),
            '--rate',
            str(args.rate),
            '--frame-id',
            FRAME_ID,
            '--subscribers',
            '2',
        )
        children.run(
            'recorder',
            'optidepthnet_ros.ros.demo.nodes.recorder',
            str(args.output),
            '--frames',
            str(frames),
            '--frame-id',
            FRAME_ID,
        )


def _report(sequence: Sequence, output: Path) -> None:
    """Print the figures, write them, and draw a frame."""
    # Imported here, because they need packages that only the demo needs.
    from optidepthnet_ros.ros.demo.bag import read_bag
    from optidepthnet_ros.ros.demo.picture import draw_picture

    messages = list(read_bag(output, (IMAGE, DEPTH)))
    measures = measure(messages)
    measures.write(output / 'summary.json')
    image, depth = pair_to_show(messages, len(sequence.images) // 2)
    draw_picture(output / 'depth.png', image_of(image), depth_of(depth), sequence.camera)
    print(f'== Depth through ROS 2\n{measures.table()}')
    print(
        f'== Look at {output}/depth.png, open {output}/demo.mcap in Foxglove or, with a full ROS 2,\n'
        f'   play it for RViz (fixed frame camera_link): ros2 bag play {output}'
    )
