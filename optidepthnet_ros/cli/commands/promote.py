# SPDX-License-Identifier: Apache-2.0
"""`optidepthnet promote`: compares a fine-tuned checkpoint with its base, and puts it in use if it is better.

Both are evaluated on the end of each recording, which `optidepthnet train --hold-out-tail` leaves out. Exit status 1
means that the base stays in use.
"""

import argparse
import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING

from optidepthnet_ros.checkpoints.models import resolve_checkpoint
from optidepthnet_ros.cli.commands.recording_options import DATA_HELP, add_recording_options, scene_options
from optidepthnet_ros.evaluation.comparison import Comparison
from optidepthnet_ros.evaluation.fine_tuned.verdict import judge
from optidepthnet_ros.evaluation.protocol import Protocol
from optidepthnet_ros.evaluation.result_files import write_results
from optidepthnet_ros.evaluation.summary import Summary, summarise
from optidepthnet_ros.evaluation.table import format_table
from optidepthnet_ros.files.share import share_path
from optidepthnet_ros.finetuning.store import ModelStore
from optidepthnet_ros.recordings.recognise import open_all
from optidepthnet_ros.recordings.scene import StereoScene
from optidepthnet_ros.training.split import split_tails

if TYPE_CHECKING:  # `optidepthnet --help` need not wait for torch
    from collections.abc import Sequence

    from optidepthnet_ros.inference import DepthEstimator
    from optidepthnet_ros.recordings.depth_scene import AnyScene

SUMMARY = 'put a fine-tuned checkpoint in use, if it is better'
SHOWN = 3
_SAMPLES = 2000  # of the bootstrap


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument('candidate', help='the fine-tuned checkpoint')
    parser.add_argument(
        '--base',
        required=True,
        metavar='CHECKPOINT',
        help='the checkpoint it was trained from: a file, or the name of a shipped model',
    )
    parser.add_argument('--data', type=Path, nargs='+', required=True, metavar='PATH', help=DATA_HELP)
    parser.add_argument(
        '--hold-out-tail',
        type=float,
        default=0.2,
        metavar='SHARE',
        help='share of each scene that the training left out; default: %(default)s',
    )
    parser.add_argument(
        '--sky',
        action='store_true',
        help='treat what looks like sky (bright, smooth, at the top edge, hardly matched) as sky: a '
        'candidate that places more of it near is not better; only for recordings made outdoors in '
        'daylight',
    )
    parser.add_argument(
        '--frames',
        type=int,
        default=60,
        metavar='N',
        help='measure at most N frames, evenly spread; default: %(default)s',
    )
    parser.add_argument(
        '--store',
        type=Path,
        metavar='DIR',
        help='put it in use in this folder, as current.safetensors, if it is better; default: only compare',
    )
    parser.add_argument('--force', action='store_true', help='put it in use even if it is not better')
    parser.add_argument('--report', type=Path, metavar='FILE', help='write all figures to this file, as JSON')
    parser.add_argument('--picture', type=Path, metavar='FILE', help='draw three frames to this file, as PNG')
    parser.add_argument(
        '--reference',
        type=Path,
        metavar='DIR',
        help='other images, with their camera.yaml, for which the change from the base is reported; default: '
        'the shipped images of a road',
    )
    parser.add_argument('--threads', type=int, metavar='N', help='default: all cores')
    add_recording_options(parser)


def run(args: argparse.Namespace) -> int:
    """Compare, print the tables, judge, write the report, and promote.

    :return: 0, or 1 if the candidate was to be put in use but was not
    """
    _check(args)
    args.base, args.candidate = map(resolve_checkpoint, (args.base, args.candidate))
    base, tuned = _load(args)
    held_out, summaries = _compare_on_held_out(args, base, tuned)
    change, change_summaries = _compare_with_base(args, base, tuned)
    verdict = judge(summaries[1], len(held_out.frames), outdoors=args.sky)
    print(f'verdict: {verdict.reason}')
    if args.report:
        write_results(
            args.report,
            held_out,
            summaries,
            {
                'better': verdict.better,
                'reason': verdict.reason,
                'hold_out_tail': args.hold_out_tail,
                'reference_frames': len(change.frames),
                'change': {name: estimate.mean for name, estimate in change_summaries[0].metrics.items()},
            },
        )
    if args.store is None:
        return 0
    if not (verdict.better or args.force):
        print('not promoted: the base stays in use')
        return 1
    print(
        f'promoted{"" if verdict.better else " by --force, although not better"}: '
        f'{ModelStore(args.store).promote(args.candidate, args.base)}'
    )
    return 0


def _check(args: argparse.Namespace) -> None:
    if args.frames < 1:
        raise ValueError(f'--frames is {args.frames}, but must be at least 1')
    if args.force and args.store is None:
        raise ValueError('--force needs --store, which is not given')
    if args.picture and not importlib.util.find_spec('matplotlib'):
        raise ValueError('--picture needs matplotlib, which is not installed: install it, or omit --picture')


def _load(args: argparse.Namespace) -> 'tuple[DepthEstimator, DepthEstimator]':
    # Imported here and below, so that `optidepthnet --help` need not wait for torch.
    from optidepthnet_ros.inference import DepthEstimator

    base, tuned = (DepthEstimator.from_file(path, args.threads) for path in (args.base, args.candidate))
    if tuned.checkpoint.provenance.parent != base.digest:
        raise ValueError(
            f'{args.candidate} was not trained from {args.base}: its parent is '
            f"'{tuned.checkpoint.provenance.parent}', not '{base.digest}': give the checkpoint that was "
            'given to `optidepthnet train --base`'
        )
    return base, tuned


def _compare_on_held_out(
    args: argparse.Namespace, base: 'DepthEstimator', tuned: 'DepthEstimator'
) -> tuple[Comparison, list[Summary]]:
    """Return the comparison on held-out frames, and its summaries; print the table."""
    from optidepthnet_ros.evaluation.fine_tuned.held_out import CheckpointSystem, compare_on_held_out

    protocol = Protocol()
    _, tails = split_tails(open_all(args.data, scene_options(args)), args.hold_out_tail)
    comparison = compare_on_held_out(
        tails,
        [CheckpointSystem('base', base), CheckpointSystem('tuned', tuned)],
        protocol,
        limit=args.frames,
        show=SHOWN if args.picture else 0,
    )
    count = len(comparison.frames)
    # Neighbouring frames are alike: blocks of the cube root of their number (Hall, Horowitz and Jing, 1995).
    summaries = summarise(comparison, samples=_SAMPLES, seed=0, block=max(1, round(count ** (1 / 3))))
    print(f'{count} held-out frames against {_truth_of(tails)}: {protocol}\n{format_table(summaries)}\n')
    if args.picture:
        from optidepthnet_ros.evaluation.picture import draw_picture

        draw_picture(args.picture, comparison, protocol)
    return comparison, summaries


def _truth_of(scenes: 'Sequence[AnyScene]') -> str:
    kinds = {'stereo matching' if isinstance(scene, StereoScene) else 'recorded depth' for scene in scenes}
    return ' or '.join(sorted(kinds))


def _compare_with_base(
    args: argparse.Namespace, base: 'DepthEstimator', tuned: 'DepthEstimator'
) -> tuple[Comparison, list[Summary]]:
    """Return the comparison on the reference, and its summaries; print the table."""
    from optidepthnet_ros.evaluation.fine_tuned.forgetting import change_on_sequence

    folder = args.reference or share_path('demo', 'kitti_odometry')
    change = change_on_sequence(folder, base, tuned, Protocol())
    summaries = summarise(change, samples=_SAMPLES, seed=0)
    print(
        f'{len(change.frames)} frames of {folder}, change of the tuned network from its base there:\n'
        f'{format_table(summaries)}\n'
    )
    return change, summaries
