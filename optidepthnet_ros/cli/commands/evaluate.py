# SPDX-License-Identifier: Apache-2.0
"""`optidepthnet evaluate`: compares the depth of checkpoints and other systems with ground truth, side by side.

Every table of more than one frame ends with an image-blind baseline; a system that is no better has learned nothing.
"""

import argparse
import importlib.util
import math
import sys
from dataclasses import asdict
from pathlib import Path

import numpy as np

from optidepthnet_ros.checkpoints.models import DEFAULT_MODEL, resolve_checkpoint
from optidepthnet_ros.cli.commands.estimator_options import add_estimator_options, make_estimator
from optidepthnet_ros.evaluation.bootstrap import LEVEL
from optidepthnet_ros.evaluation.comparison import Comparison, compare
from optidepthnet_ros.evaluation.crops import CROPS
from optidepthnet_ros.evaluation.ground_truth import KINDS, VelodyneTruth, recognise
from optidepthnet_ros.evaluation.ground_truth.frame import GroundTruth
from optidepthnet_ros.evaluation.image_blind import ImageBlind
from optidepthnet_ros.evaluation.protocol import Protocol
from optidepthnet_ros.evaluation.result_files import write_images_csv, write_results, write_summary_csv
from optidepthnet_ros.evaluation.summary import Summary, summarise
from optidepthnet_ros.evaluation.systems import ImageSystem, PredictionFolder, System
from optidepthnet_ros.evaluation.table import format_table
from optidepthnet_ros.files.atomic import replacing
from optidepthnet_ros.files.calibration_file import read_camera
from optidepthnet_ros.files.kitti_calibration import CAM_TO_CAM, VELO_TO_CAM, read_colour_rig
from optidepthnet_ros.geometry.camera import Camera

SUMMARY = 'depth against ground truth: checkpoints and predictions side by side'


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        'systems',
        nargs='*',
        metavar='[NAME=]SYSTEM',
        help='a checkpoint (a file, or the name of a shipped model), or a folder with a prediction for each frame, '
        'named like its ground truth: .npy or .pfm in metres, or 16-bit .png with 256 times metres; '
        f'default: {DEFAULT_MODEL}',
    )
    _add_truth(parser.add_argument_group('ground truth'))
    _add_protocol(parser.add_argument_group('protocol'))
    add_estimator_options(parser.add_argument_group('checkpoints'), runtime='torch')
    _add_output(parser.add_argument_group('results'))


def _add_truth(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        '--ground-truth',
        type=Path,
        required=True,
        metavar='FOLDER',
        help="KITTI 2015 disparity maps, KITTI depth maps, KITTI's Velodyne .bin files, "
        'depth in metres as .npy or .pfm, or depth recordings (scenes with rgb/, depth/, camera.yaml, depth.yaml)',
    )
    group.add_argument(
        '--kind',
        choices=KINDS,
        help='kind of ground truth; default: recognised from the files, .png maps only in folders named as in KITTI',
    )
    group.add_argument(
        '--split',
        type=Path,
        metavar='FILE',
        help='for Velodyne: --ground-truth is the root of the raw recordings, and each line of this file '
        'is DATE/DRIVE FRAME l; frames are then named DRIVE_FRAME',
    )
    group.add_argument(
        '--images',
        type=Path,
        metavar='FOLDER',
        help="for checkpoints: images named like the ground truth; default: where KITTI's folders have them",
    )
    group.add_argument(
        '--camera',
        type=Path,
        metavar='FILE',
        help="calibration of the images: a ROS calibration file or KITTI's calib_cam_to_cam.txt; default: for KITTI "
        'chosen by image width, for Velodyne that of the recording day',
    )
    group.add_argument(
        '--baseline',
        type=float,
        metavar='METRES',
        help='baseline of the rig whose disparities D1 and EPE compare; default: from calib_cam_to_cam.txt, or '
        '0.5372 for KITTI 2015; without a baseline, D1 and EPE are left out',
    )


def _add_protocol(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        '--max-depth',
        type=float,
        default=80.0,
        metavar='METRES',
        help='ground truth beyond it is left out, predictions beyond it are clipped to it; default: %(default)g',
    )
    group.add_argument(
        '--crop', choices=CROPS, default='none', help="part of KITTI's images to evaluate; default: %(default)s"
    )
    group.add_argument(
        '--median-scaling',
        action='store_true',
        help='scale each prediction to the median of its ground truth, for systems without metric scale',
    )
    group.add_argument(
        '--flip',
        action='store_true',
        help='also evaluate each checkpoint with flip post-processing (Godard et al., 2017)',
    )


def _add_output(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        '--output',
        type=Path,
        metavar='DIR',
        help='write table.txt, summary.csv, images.csv, results.json and comparison.png',
    )
    group.add_argument(
        '--show',
        type=int,
        default=3,
        metavar='N',
        help='frames in comparison.png, 0 for no picture; default: %(default)s',
    )
    group.add_argument(
        '--resamplings',
        type=int,
        default=2000,
        metavar='N',
        help='resamplings of the bootstrap that gives the intervals; default: %(default)s',
    )
    group.add_argument('--seed', type=int, default=0, help='seed of the bootstrap; default: %(default)s')


def run(args: argparse.Namespace) -> int:
    """Check what can be checked in advance, evaluate frame by frame, print the table, write the files."""
    _check(args)
    protocol = Protocol(args.max_depth, args.crop, args.median_scaling)
    truth = _open_truth(args)
    systems = _open_systems(args, truth)
    if len(truth.names) > 1:
        systems.append(ImageBlind(truth))
    comparison = compare(truth, systems, protocol, show=args.show if args.output else 0, progress=_report)
    summaries = summarise(comparison, samples=args.resamplings, seed=args.seed)
    count = len(truth.names)
    table = f'{count} frame{"s" * (count > 1)} of {truth.kind}: {protocol}\n{format_table(summaries)}\n'
    print(table, end='')
    if args.output:
        _write(args, table, comparison, summaries, protocol, truth)
    return 0


def _check(args: argparse.Namespace) -> None:
    """Refuse option values that would otherwise fail only after a long run."""
    for option, least in (('resamplings', 100), ('seed', 0), ('show', 0)):
        if getattr(args, option) < least:
            raise ValueError(f'--{option} is {getattr(args, option)}, but must be at least {least}')
    if args.baseline is not None and not 0 < args.baseline < math.inf:
        raise ValueError(f'--baseline is {args.baseline}, but must be positive metres')
    if args.output and args.show and not importlib.util.find_spec('matplotlib'):
        raise ValueError('comparison.png needs matplotlib, which is not installed: install it, or give --show 0')


def _open_truth(args: argparse.Namespace) -> GroundTruth:
    kind = args.kind or ('velodyne' if args.split else recognise(args.ground_truth))
    if kind == 'velodyne':
        return _open_velodyne(args)
    if args.split:
        raise ValueError(f'--split is for Velodyne ground truth, but --kind is {kind}')
    if kind == 'recording':
        if args.images or args.camera or args.baseline:
            raise ValueError(
                'a depth recording has its own images and calibration: omit --images, --camera and --baseline'
            )
        return KINDS[kind](args.ground_truth)
    camera, baseline = None, args.baseline
    if args.camera and args.camera.suffix == '.txt':
        rig = read_colour_rig(args.camera)
        camera, baseline = rig.camera, baseline or rig.baseline
    elif args.camera:
        camera = read_camera(args.camera)
    return KINDS[kind](args.ground_truth, images=args.images, camera=camera, baseline=baseline)


def _open_velodyne(args: argparse.Namespace) -> GroundTruth:
    if args.baseline is not None:
        raise ValueError('--baseline is not for Velodyne ground truth, which uses that of the colour cameras')
    if args.split and (args.images or args.camera):
        raise ValueError(
            'with --split, images and calibration come from the folders of the raw recordings: '
            'omit --images and --camera'
        )
    if args.split:
        return VelodyneTruth.of_split(args.ground_truth, args.split)
    if args.camera and args.camera.name != CAM_TO_CAM:
        raise ValueError(f'{args.camera}: Velodyne points need {CAM_TO_CAM}, with {VELO_TO_CAM} beside it')
    return VelodyneTruth.of_folder(
        args.ground_truth, images=args.images, calibration=args.camera.parent if args.camera else None
    )


def _open_systems(args: argparse.Namespace, truth: GroundTruth) -> list[System]:
    named = dict(_name_and_path(text) for text in args.systems or [DEFAULT_MODEL])
    if len(named) < len(args.systems):
        raise ValueError('two systems have the same name: name them with NAME=SYSTEM')
    systems: list[System] = []
    for name, path in named.items():
        if path.is_dir():
            systems.append(PredictionFolder(name, path, truth))
        else:
            systems += _of_checkpoint(name, resolve_checkpoint(path), args, truth)
    if args.flip and all(path.is_dir() for path in named.values()):
        raise ValueError('--flip is for checkpoints: it cannot be applied to predictions in files')
    return systems


def _name_and_path(text: str) -> tuple[str, Path]:
    if '=' in text and not Path(text).exists():
        name, _, path = text.partition('=')
        return name, Path(path)
    return text, Path(text)


def _of_checkpoint(name: str, path: Path, args: argparse.Namespace, truth: GroundTruth) -> list[System]:
    """Return one system, or two: without and with flip post-processing."""
    # Imported here, so that `optidepthnet --help`, and tables of files, need not wait for torch.
    from optidepthnet_ros.inference.flip import estimate_with_flip

    estimator = make_estimator(path, args)

    def plain(image: np.ndarray, camera: Camera) -> np.ndarray:
        return estimator.estimate(image, camera).depth

    def flipped(image: np.ndarray, camera: Camera) -> np.ndarray:
        return estimate_with_flip(estimator, image, camera).depth

    source = {'path': str(path), 'sha256': estimator.digest}
    return [
        ImageSystem(name, plain, truth, **source),
        *([ImageSystem(f'{name} + flip', flipped, truth, **source)] if args.flip else []),
    ]


def _report(done: int, total: int) -> None:
    """Show progress on a terminal, not in log files."""
    if sys.stderr.isatty():
        # The next output overwrites this line.
        print(f'{done}/{total} frames', end='\r', file=sys.stderr, flush=True)


def _write(
    args: argparse.Namespace,
    table: str,
    comparison: Comparison,
    summaries: list[Summary],
    protocol: Protocol,
    truth: GroundTruth,
) -> None:
    args.output.mkdir(parents=True, exist_ok=True)
    settings = {
        'ground_truth': str(args.ground_truth),
        'kind': truth.kind,
        'frames': len(truth.names),
        **asdict(protocol),
        'resamplings': args.resamplings,
        'seed': args.seed,
        'level': LEVEL,
    }
    with replacing(args.output / 'table.txt') as temporary:
        temporary.write_text(table)
    write_summary_csv(args.output / 'summary.csv', summaries)
    write_images_csv(args.output / 'images.csv', comparison)
    write_results(args.output / 'results.json', comparison, summaries, settings)
    if comparison.shown:
        from optidepthnet_ros.evaluation.picture import draw_picture

        draw_picture(args.output / 'comparison.png', comparison, protocol)
