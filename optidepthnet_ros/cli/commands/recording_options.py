# SPDX-License-Identifier: Apache-2.0
"""The options of sub-commands that read recordings."""

import argparse
from pathlib import Path

from optidepthnet_ros.recordings.recognise import STAMP_TOLERANCE, SceneOptions

DATA_HELP = (
    'recordings, whose kind is recognised: scene folders with stereo (left/, right/, left.yaml, right.yaml) or depth '
    "(rgb/, depth/, camera.yaml, depth.yaml), TUM RGB-D, KITTI's raw drives, rosbag2 recordings, or folders of these"
)


def add_recording_options(parser: argparse.ArgumentParser) -> None:
    """Declare the options that :func:`scene_options` reads."""
    group = parser.add_argument_group('recordings')
    group.add_argument(
        '--topics',
        nargs=2,
        metavar='TOPIC',
        help='in rosbag2 recordings, the two topics to use, in any order: two of images, or one of images and one of '
        'depth or of another sensor; default: found automatically',
    )
    group.add_argument(
        '--stamp-tolerance',
        type=float,
        default=STAMP_TOLERANCE,
        metavar='SECONDS',
        help='in rosbag2 recordings, how much the stamps of a pair may differ; default: %(default)s',
    )
    group.add_argument(
        '--lidar',
        type=Path,
        metavar='FILE',
        help='in rosbag2 recordings, take depth from point clouds; the YAML file has translation and rotation '
        '(x, y, z, w) from their frame to that of the images',
    )
    group.add_argument(
        '--split',
        type=Path,
        metavar='FILE',
        help="in KITTI's raw recordings, take only the frames in this file, with lines `DATE/DRIVE FRAME l`, or r",
    )


def scene_options(args: argparse.Namespace) -> SceneOptions:
    """Return the options that were given."""
    return SceneOptions(args.topics and tuple(args.topics), args.stamp_tolerance, args.split, args.lidar)
