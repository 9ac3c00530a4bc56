# SPDX-License-Identifier: Apache-2.0
"""`optidepthnet calibrate-scale`: measures the error of metric depth on a camera, and writes node parameters.

It uses recordings of an RGB-D or stereo camera, rosbag2 recordings with another sensor, or distances measured by hand.
It prints the fit with 95 % intervals and plots the residuals. If the evidence supports no correction, it says so,
writes no parameters and ends with exit status 1.
"""

import argparse
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from optidepthnet_ros.checkpoints.models import DEFAULT_MODEL, resolve_checkpoint
from optidepthnet_ros.cli.commands.estimator_options import CHECKPOINT_HELP, add_estimator_options, make_estimator
from optidepthnet_ros.cli.commands.recording_options import DATA_HELP, add_recording_options, scene_options
from optidepthnet_ros.files.atomic import replacing
from optidepthnet_ros.geometry.transform_text import FORM, parse_transform
from optidepthnet_ros.scale.calibration import calibrate
from optidepthnet_ros.scale.messages import SOURCES

if TYPE_CHECKING:  # `optidepthnet --help` need not wait for torch
    from optidepthnet_ros.inference import DepthEstimator
    from optidepthnet_ros.scale.evidence import Evidence

SUMMARY = 'measure the depth scale of a camera, and write node parameters'


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument('--data', type=Path, nargs='+', metavar='PATH', help=DATA_HELP)
    source.add_argument(
        '--distances',
        type=Path,
        metavar='YAML',
        help='distances measured by hand from the lens to points; the file has camera: FILE, and measurements: a list '
        'of {image: FILE, pixel: [column, row], metres: NUMBER}',
    )
    parser.add_argument('--output', type=Path, required=True, metavar='YAML', help='node parameters to write')
    parser.add_argument(
        '--frames', type=int, default=50, metavar='N', help='use at most N frames of each recording; default: 50'
    )
    parser.add_argument('--checkpoint', default=DEFAULT_MODEL, metavar='CHECKPOINT', help=CHECKPOINT_HELP)
    add_estimator_options(parser, runtime='auto')
    add_recording_options(parser)
    group = parser.add_argument_group('another sensor, in rosbag2 recordings of one camera')
    group.add_argument(
        '--source',
        choices=SOURCES,
        help='compare with PointCloud2, LaserScan or Range messages, with the camera motion in Odometry messages, or '
        'with the ground and the height of the camera; default: with recorded depth, or depth from a stereo pair',
    )
    group.add_argument(
        '--transform',
        default='',
        metavar='TEXT',
        help='pose of the sensor (with odometry: of its child_frame_id; with ground: of the base frame) in the '
        f"camera's optical frame, '{FORM}'; default: taken from /tf_static",
    )
    group.add_argument(
        '--base-frame',
        default='base_footprint',
        metavar='FRAME',
        help='with ground: frame whose z axis points up; default: %(default)s',
    )
    group.add_argument(
        '--camera-height',
        type=float,
        default=0.0,
        metavar='METRES',
        help='with ground: height of the camera above the ground; default: its height above the base frame',
    )


def run(args: argparse.Namespace) -> int:
    """Predict, fit, print and write.

    :raises ValueError: an input cannot be used, or the evidence supports no fit
    """
    # Imported here, so that `optidepthnet --help` need not wait for torch.
    from optidepthnet_ros.evaluation.scale_evidence import evidence_by_hand
    from optidepthnet_ros.evaluation.scale_report import describe, draw_residuals, parameters_yaml

    _check(args)
    estimator = make_estimator(resolve_checkpoint(args.checkpoint), args)
    by_hand = args.distances is not None
    found = calibrate(evidence_by_hand(estimator, args.distances) if by_hand else _of_recordings(estimator, args))
    print(describe(found))
    args.output.parent.mkdir(parents=True, exist_ok=True)
    if find_spec('matplotlib'):
        draw_residuals(found, args.output.with_suffix('.png'))
        print(f'residuals: {args.output.with_suffix(".png")}')
    else:
        print('no plot of the residuals: matplotlib is not installed')
    if found.doubt:
        print(f'the evidence supports no correction, so no parameters are written: {found.doubt}')
        return 1
    source = str(args.distances) if by_hand else f'{args.source or "depth"} in {", ".join(map(str, args.data))}'
    with replacing(args.output) as temporary:
        temporary.write_text(parameters_yaml(found, estimator.name, estimator.digest, source))
    print(f'parameters: {args.output}')
    return 0


def _check(args: argparse.Namespace) -> None:
    if args.frames < 1:
        raise ValueError(f'--frames is {args.frames}, but must be at least 1')
    if args.source and args.distances:
        raise ValueError(f'--source {args.source} is for rosbag2 recordings: give them with --data')
    if not args.source and (args.transform or args.camera_height):
        raise ValueError('--transform and --camera-height are for another sensor: give it with --source')
    if args.camera_height < 0:
        raise ValueError(f'--camera-height is {args.camera_height:g}, but must be above 0')


def _of_recordings(estimator: 'DepthEstimator', args: argparse.Namespace) -> 'list[Evidence]':
    if args.source:
        return _of_sensor(estimator, args)
    from optidepthnet_ros.evaluation.scale_evidence import evidence_of_scene
    from optidepthnet_ros.recordings.recognise import open_all

    scenes = open_all(args.data, scene_options(args))
    return [unit for scene in scenes for unit in evidence_of_scene(estimator, scene, args.frames)]


def _of_sensor(estimator: 'DepthEstimator', args: argparse.Namespace) -> 'list[Evidence]':
    if not find_spec('rosbags'):
        raise ValueError('rosbag2 recordings are read with rosbags, which is not installed: pip install rosbags')
    from optidepthnet_ros.evaluation.scale_evidence import evidence_of_bag
    from optidepthnet_ros.recordings.bag_evidence import BagEvidence
    from optidepthnet_ros.recordings.bag_file import BagFile
    from optidepthnet_ros.recordings.bag_folder import EXPECTED, find_bags

    options, transform = scene_options(args), parse_transform('--transform', args.transform)
    units = []
    for path in args.data:
        if not (bags := find_bags(path)):
            raise ValueError(f'{path}: expected {EXPECTED}')
        for bag in bags:
            recording = BagEvidence(
                BagFile(bag),
                args.source,
                options.topics,
                options.stamp_tolerance,
                transform,
                args.base_frame,
                args.camera_height,
            )
            found, refused = evidence_of_bag(estimator, recording, args.frames)
            units += found
            for reason, number in refused.items():
                print(f'{bag}: {number} frames without evidence: {reason}')
    return units
