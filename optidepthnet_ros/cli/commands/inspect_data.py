"""`optidepthnet inspect-data`: tells whether stereo recordings can teach.

Reads every pair and finds the same points in both views of some: they must be on the same row, and farther left in
the right view. Ends with exit status 2 when a scene cannot teach.
"""

import argparse
from pathlib import Path

import cv2

from optidepthnet_ros.cli.commands.recording_options import DATA_HELP, add_recording_options, scene_options
from optidepthnet_ros.files.atomic import replacing
from optidepthnet_ros.training.recordings.checks import SceneReport, inspect_scene, refuse_unfit, refuse_unreadable
from optidepthnet_ros.training.recordings.contact_sheet import draw_contact_sheet
from optidepthnet_ros.training.recordings.recognise import check_names, check_options, open_scenes, stereo_only
from optidepthnet_ros.training.recordings.scene import DataError

SUMMARY = 'check stereo recordings before training on them'
PICTURE = 'contact_sheet.png'

_COLUMNS = '{:<32} {:>6} {:>10} {:>10} {:>15} {:>10} {:>8} {:>11}'


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument('paths', type=Path, nargs='+', metavar='PATH', help=DATA_HELP)
    parser.add_argument('--output', type=Path, metavar='DIR', help=f'write a picture of all scenes there, {PICTURE}')
    parser.add_argument('--sample', type=int, metavar='PAIRS', help='read only so many of each scene; default: all')
    add_recording_options(parser)


def run(args: argparse.Namespace) -> int:
    """Print a report, draw the picture.

    :raises DataError: a recording cannot be opened, a scene cannot teach, or too many pairs are damaged
    """
    if args.sample is not None and args.sample < 1:
        raise DataError(f'--sample is {args.sample}, but must be at least 1')
    options = scene_options(args)
    check_options(args.paths, options)
    scenes, failures = _open(args.paths, options)
    check_names(scenes)
    reports = _report(scenes, args.sample)
    if args.output and reports:
        args.output.mkdir(parents=True, exist_ok=True)
        with replacing(args.output / PICTURE) as temporary:
            cv2.imwrite(str(temporary), draw_contact_sheet(reports))
        print(f'picture: {args.output / PICTURE}')
    if failures:
        raise DataError('; '.join(failures))
    refuse_unfit(reports)
    refuse_unreadable(reports)
    return 0


def _open(paths, options):
    """Return the scenes, and what is wrong with paths that have none: one bad path must not hide the others."""
    scenes, failures = [], []
    for path in paths:
        try:
            scenes += stereo_only(open_scenes(path, options))
        except ValueError as error:
            failures.append(str(error))
    return scenes, failures


def _report(scenes, sample) -> list[SceneReport]:
    if not scenes:
        return []
    reports = []
    print(_COLUMNS.format('scene', 'pairs', 'size', 'baseline', 'row offset', 'disparity', 'matches', 'unreadable'))
    for scene in scenes:
        reports.append(inspect_scene(scene, sample))
        print('\n'.join(_lines(reports[-1])), flush=True)
    print(
        f'{sum(map(len, scenes))} pairs in {len(scenes)} scenes; row offset: median and spread of right minus left '
        'row of matched points, disparity: their median, both in pixels'
    )
    return reports


def _lines(report: SceneReport):
    camera, rig = report.scene.rig.camera, report.scene.rig
    yield _COLUMNS.format(
        report.scene.name,
        len(report.scene),
        f'{camera.width}x{camera.height}',
        f'{rig.baseline:.4f} m',
        f'{report.row_offset:+.2f} ± {report.row_spread:.2f}',
        f'{report.disparity:.1f}',
        report.matches,
        f'{len(report.unreadable)} of {report.read}',
    )
    if not report.is_judged:
        yield f'    too few matches to judge alignment and sides by: {report.matches}'
    yield from (f'    {note}' for note in report.scene.notes)
    yield from (f'    unreadable: {reason}' for reason in report.unreadable)
    yield from (f'    CANNOT TEACH: {problem}' for problem in report.problems)
