"""`optidepthnet pack`: recordings decoded, matched and resized once, for `train-packed` and for machines with a GPU."""

import argparse
from pathlib import Path

from optidepthnet_ros.cli.commands.recording_options import DATA_HELP, add_recording_options, scene_options

SUMMARY = 'recordings made ready for train-packed'
FOCAL = 288.0  # pixels; 1.2 times the canonical focal length, so that views can be enlarged


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument('data', nargs='+', type=Path, metavar='RECORDING', help=DATA_HELP)
    parser.add_argument('--output', type=Path, required=True, metavar='DIR', help='folder for the packed samples')
    parser.add_argument(
        '--sky', action='store_true', help='the stereo recordings were taken by daylight outdoors: label the sky as far'
    )
    parser.add_argument(
        '--focal',
        type=float,
        default=FOCAL,
        metavar='PIXELS',
        help='images of a longer focal length are reduced to it; default: %(default)g',
    )
    add_recording_options(parser)


def run(args: argparse.Namespace) -> int:
    """Pack scene after scene."""
    from optidepthnet_ros.training.packed.archive import INDEX, PackWriter
    from optidepthnet_ros.training.packed.packing import packed_frames
    from optidepthnet_ros.training.recordings.recognise import open_all

    if (args.output / INDEX).exists():
        raise ValueError(f'{args.output}: holds packed samples already: give a new folder')
    if not args.focal > 0:
        raise ValueError(f'--focal is {args.focal}, but must be positive pixels')
    with PackWriter(args.output) as writer:
        for scene in open_all(args.data, scene_options(args)):
            for image, focal, labels in packed_frames(scene, args.focal, args.sky):
                writer.add(scene.name, image, focal, labels)
            print(f'{scene.name}: {len(scene)} frames', flush=True)
    return 0
