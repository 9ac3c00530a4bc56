# SPDX-License-Identifier: Apache-2.0
"""`optidepthnet inspect-data`: checks whether recordings can be used for training.

It reads every frame. In some stereo pairs it matches points between both views: they must be on the same row, and
farther left in the right view. Depth must be known and of a plausible scale, and its edges must lie on image edges.
It ends with exit status 2 if a scene cannot be used.
"""

import argparse
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from optidepthnet_ros.cli.commands.recording_options import DATA_HELP, add_recording_options, scene_options
from optidepthnet_ros.files.atomic import replacing
from optidepthnet_ros.files.image_file import save_image
from optidepthnet_ros.recordings.checks import inspect_scene, refuse_unfit, refuse_unreadable
from optidepthnet_ros.recordings.contact_sheet import draw_contact_sheet
from optidepthnet_ros.recordings.depth_report import DepthReport
from optidepthnet_ros.recordings.depth_scene import AnyScene
from optidepthnet_ros.recordings.recognise import SceneOptions, check_names, check_options, open_scenes
from optidepthnet_ros.recordings.report import SceneReport
from optidepthnet_ros.recordings.scene import DataError, StereoScene
from optidepthnet_ros.recordings.stereo_report import StereoReport

SUMMARY = 'check recordings before training on them'
PICTURE = 'contact_sheet.png'

_STEREO = '{:<32} {:>6} {:>10} {:>10} {:>15} {:>10} {:>8} {:>11}'
_DEPTH = '{:<32} {:>6} {:>10} {:>10} {:>9} {:>7} {:>9} {:>15} {:>11}'


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument('paths', type=Path, nargs='+', metavar='PATH', help=DATA_HELP)
    parser.add_argument('--output', type=Path, metavar='DIR', help=f'write {PICTURE}, a picture of all scenes, there')
    parser.add_argument(
        '--sample', type=int, metavar='FRAMES', help='read only this many frames of each scene; default: all'
    )
    add_recording_options(parser)


def run(args: argparse.Namespace) -> int:
    """Print a report, draw the picture.

    :raises DataError: a recording cannot be opened, a scene cannot be used, or too many pairs are damaged
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
            save_image(temporary, draw_contact_sheet(reports))
        print(f'picture: {args.output / PICTURE}')
    if failures:
        raise DataError('; '.join(failures))
    refuse_unfit(reports)
    refuse_unreadable(reports)
    return 0


def _open(paths: list[Path], options: SceneOptions) -> tuple[list[AnyScene], list[str]]:
    """Return the scenes, and the errors of paths without scenes: one bad path must not hide the others."""
    scenes: list[AnyScene] = []
    failures = []
    for path in paths:
        try:
            scenes += open_scenes(path, options)
        except ValueError as error:
            failures.append(str(error))
    return scenes, failures


def _report(scenes: list[AnyScene], sample: int | None) -> list[SceneReport]:
    stereo = [scene for scene in scenes if isinstance(scene, StereoScene)]
    depth = [scene for scene in scenes if not isinstance(scene, StereoScene)]
    reports: list[SceneReport] = []
    if stereo:
        print(_STEREO.format('scene', 'pairs', 'size', 'baseline', 'row offset', 'disparity', 'matches', 'unreadable'))
        reports += _report_kind(stereo, sample, _stereo_figures)
        print(
            f'{sum(map(len, stereo))} pairs in {len(stereo)} scenes; row offset: right minus left row of matched '
            'points, median and spread; disparity: median of these points; both in pixels'
        )
    if depth:
        columns = 'scene', 'frames', 'size', 'source', 'known', 'median', 'edges off', 'clarity', 'unreadable'
        print(_DEPTH.format(*columns))
        reports += _report_kind(depth, sample, _depth_figures)
        print(
            f'{sum(map(len, depth))} frames in {len(depth)} scenes; edges off: shift of depth edges from image edges, '
            'in pixels to the right and down; clarity: correlation at this shift over that by chance'
        )
    return reports


def _report_kind(scenes: Sequence[AnyScene], sample: int | None, figures: Callable[[Any], str]) -> list[SceneReport]:
    reports: list[SceneReport] = []
    for scene in scenes:
        reports.append(inspect_scene(scene, sample))
        print(figures(reports[-1]))
        print(''.join(f'    {line}\n' for line in _remarks(reports[-1])), end='', flush=True)
    return reports


def _stereo_figures(report: StereoReport) -> str:
    return _STEREO.format(
        report.scene.name,
        len(report.scene),
        _size(report),
        f'{report.scene.rig.baseline:.4f} m',
        f'{report.row_offset:+.2f} ± {report.row_spread:.2f}',
        f'{report.disparity:.1f}',
        report.matches,
        f'{len(report.unreadable)} of {report.read}',
    )


def _depth_figures(report: DepthReport) -> str:
    right, down = report.figures.alignment.shift
    return _DEPTH.format(
        report.scene.name,
        len(report.scene),
        _size(report),
        report.scene.source,
        f'{report.figures.known:.1%}',
        f'{report.figures.median:.2f} m',
        f'{right:+.0f}, {down:+.0f}',
        f'{report.figures.alignment.clarity:.1f}',
        f'{len(report.unreadable)} of {report.read}',
    )


def _size(report: SceneReport) -> str:
    return f'{report.scene.camera.width}x{report.scene.camera.height}'


def _remarks(report: SceneReport) -> Iterator[str]:
    if not report.is_judged and not report.problems:
        yield report.unjudged
    yield from report.scene.notes
    yield from (f'unreadable: {reason}' for reason in report.unreadable)
    yield from (f'CANNOT BE USED: {problem}' for problem in report.problems)
