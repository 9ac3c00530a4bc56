# SPDX-License-Identifier: Apache-2.0
"""`optidepthnet pack`: decodes, matches and resizes recordings once, for `train-packed` and machines with a GPU."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from optidepthnet_ros.cli.commands.recording_options import DATA_HELP, add_recording_options, scene_options
from optidepthnet_ros.geometry.canonical import GENERAL
from optidepthnet_ros.training.views import ENLARGED

if TYPE_CHECKING:  # `optidepthnet --help` need not wait for OpenCV
    from optidepthnet_ros.recordings.depth_scene import AnyScene
    from optidepthnet_ros.recordings.image_folder import ImageFolderScene
    from optidepthnet_ros.training.packed.teaching import Teaching

SUMMARY = 'prepare recordings for train-packed'
FOCAL = ENLARGED * GENERAL.focal  # pixels


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument('data', nargs='*', type=Path, metavar='RECORDING', help=DATA_HELP)
    parser.add_argument('--output', type=Path, required=True, metavar='DIR', help='folder for the packed samples')
    parser.add_argument(
        '--sky', action='store_true', help='label the sky as far; only for recordings made outdoors in daylight'
    )
    parser.add_argument(
        '--focal',
        type=float,
        default=FOCAL,
        metavar='PIXELS',
        help='images with a longer focal length are reduced to this one; default: %(default)g',
    )
    parser.add_argument(
        '--teacher',
        metavar='FILE',
        help='a network whose prediction becomes one more label of each frame: a checkpoint, or an ONNX file with a '
        'contract beside it (docs/teachers.md)',
    )
    parser.add_argument(
        '--images',
        nargs='+',
        type=Path,
        default=[],
        metavar='DIR',
        help='folders of images without depth (rgb/, camera.yaml), which only the teacher labels',
    )
    add_recording_options(parser)


def run(args: argparse.Namespace) -> int:
    """Pack one scene after the other."""
    from optidepthnet_ros.recordings.checks import check_scenes
    from optidepthnet_ros.recordings.image_folder import ImageFolderScene
    from optidepthnet_ros.recordings.recognise import check_names, open_all
    from optidepthnet_ros.training.packed.archive import INDEX, PackWriter
    from optidepthnet_ros.training.packed.packing import packed_frames

    if (args.output / INDEX).exists():
        raise ValueError(f'{args.output} already holds packed samples: give a new folder')
    if not args.focal > 0:
        raise ValueError(f'--focal is {args.focal}, but must be positive pixels')
    if args.images and not args.teacher:
        raise ValueError(f'--images {args.images[0]} has no depth: give a --teacher that labels it')
    if not (args.data or args.images):
        raise ValueError('nothing to pack: give a RECORDING, or --images and a --teacher')
    recordings = open_all(args.data, scene_options(args))
    scenes = [*recordings, *map(ImageFolderScene, args.images)]
    check_names(scenes)
    check_scenes(recordings)
    teaching = _teaching(args.teacher) if args.teacher else None
    damaged: list[str] = []
    frames = sum(map(len, scenes))
    with PackWriter(args.output, teaching.teacher.record if teaching else None) as writer:
        for scene in scenes:
            before = len(damaged)
            for image, focal, labels in packed_frames(scene, args.focal, args.sky, teaching, damaged):
                writer.add(scene.name, image, focal, labels)
            _refuse_damaged(damaged, frames)
            print(_summary(scene, damaged[before:], teaching), flush=True)
    return 0


def _refuse_damaged(damaged: list[str], frames: int) -> None:
    from optidepthnet_ros.recordings.scene import MAX_UNREADABLE, DataError

    if len(damaged) > MAX_UNREADABLE * frames:
        raise DataError(
            f'{len(damaged)} of {frames} frames cannot be read, more than {MAX_UNREADABLE:.0%}, such as {damaged[0]}; '
            '`optidepthnet inspect-data` lists them all'
        )


def _summary(scene: 'AnyScene | ImageFolderScene', damaged: list[str], teaching: 'Teaching | None') -> str:
    left_out = f'; {len(damaged)} unreadable left out, such as {damaged[0]}' if damaged else ''
    taught = f'; {teaching.summary()}' if teaching else ''
    return f'{scene.name}: {len(scene) - len(damaged)} frames{left_out}{taught}'


def _teaching(named: str) -> 'Teaching':
    from optidepthnet_ros.checkpoints.licence import is_non_commercial
    from optidepthnet_ros.training.packed.teaching import Teaching
    from optidepthnet_ros.training.teachers.opening import open_teacher

    teacher = open_teacher(named)
    print(f'teacher: {teacher.record}, licence {teacher.record.licence}', flush=True)
    if is_non_commercial(teacher.record.licence):
        print('What learns from this teacher is not for commercial use either', flush=True)
    return Teaching(teacher)
