# SPDX-License-Identifier: Apache-2.0
"""`optidepthnet train-packed`: learns from packed samples of stereo, depth cameras, renderers and teachers together.

All samples are held in the memory of the device, which is a GPU if there is one. Views of them are also cut there.
"""

import argparse
import random
import time
from pathlib import Path
from typing import TYPE_CHECKING

from optidepthnet_ros.checkpoints.licence import is_non_commercial, joined_licence
from optidepthnet_ros.checkpoints.models import resolve_checkpoint
from optidepthnet_ros.cli.commands.training_options import CANONICAL, add_canonical, add_encoder_rate, add_windows
from optidepthnet_ros.training.recipes import DEFAULT, PACKED, described, follow_recipe
from optidepthnet_ros.training.views import ENLARGED

if TYPE_CHECKING:  # `optidepthnet --help` need not wait for torch
    from torch import nn

    from optidepthnet_ros.checkpoints.checkpoint import Checkpoint
    from optidepthnet_ros.checkpoints.provenance import Provenance
    from optidepthnet_ros.training.packed.held_out import HeldOut
    from optidepthnet_ros.training.packed.loop import Loop
    from optidepthnet_ros.training.packed.origin import Origin
    from optidepthnet_ros.training.packed.store import SampleStore

SUMMARY = 'learn from packed samples, on a GPU or CPU, for a number of minutes'
STATE, CHECKPOINT = 'state.pt', 'last.safetensors'


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        'data',
        nargs='+',
        metavar='DIR[:SHARE]',
        help='folders that `optidepthnet pack` wrote, and the share of samples that comes from each; default: 1 each',
    )
    parser.add_argument(
        '--output', type=Path, required=True, metavar='DIR', help=f'folder for {CHECKPOINT} and {STATE}'
    )
    parser.add_argument(
        '--minutes',
        type=float,
        required=True,
        help='time from the first step on; the learning rate follows the clock; with held-out frames, a tenth of it is '
        'reserved for a validation at the end, which takes no longer than that',
    )
    parser.add_argument('--licence', required=True, help='licence of the weights; it depends on the recordings')
    parser.add_argument(
        '--recipe',
        choices=PACKED,
        default=DEFAULT,
        help='a complete set of options; options that you give override it; see `optidepthnet train --help`; '
        'default: %(default)s',
    )
    parser.add_argument('--base', metavar='CHECKPOINT', help='checkpoint to start from; default: a new network')
    parser.add_argument('--network', help=f'network of a new checkpoint; {described("network", PACKED)}')
    parser.add_argument('--encoder-weights', type=Path, metavar='FILE', help='published weights for a new encoder')
    parser.add_argument(
        '--colour', choices=('gray', 'rgb'), help=f'colour of a new checkpoint; {described("colour", PACKED)}'
    )
    add_windows(parser, PACKED)
    add_canonical(parser, PACKED)
    parser.add_argument(
        '--hold-out', nargs='+', default=(), metavar='SCENE', help='scenes to validate --base and the result with'
    )
    parser.add_argument(
        '--hold-out-tail',
        type=float,
        metavar='SHARE',
        help='validate with the last part of each scene instead, of this share, and leave out a few samples before it',
    )
    parser.add_argument(
        '--teacher',
        metavar='CHECKPOINT',
        help='a larger network of this package, which also labels each view; its licence is added to that of the '
        'weights',
    )
    parser.add_argument(
        '--teacher-weight',
        type=float,
        default=1.0,
        help='weight of depth from a teacher; measured depth has 1; default: 1',
    )
    parser.add_argument(
        '--sky-weight',
        type=float,
        help='weight of sky pixels that are placed too near; in rooms, more than 1 turns bright walls into sky; '
        f'{described("sky_weight", PACKED)}',
    )
    parser.add_argument('--learning-rate', type=float, help=described('learning_rate', PACKED))
    add_encoder_rate(parser, PACKED)
    parser.add_argument('--batch-size', type=int, help=described('batch_size', PACKED))
    parser.add_argument('--decay', type=float, help=f'weight decay; {described("decay", PACKED)}')
    parser.add_argument(
        '--frozen',
        type=float,
        metavar='SHARE',
        help='share of the training, at its end, in which batch statistics are frozen; 1 keeps those of --base; '
        f'{described("frozen", PACKED)}',
    )
    parser.add_argument(
        '--keep-finest',
        action='store_true',
        help="the encoder's layers at 1/2 and 1/4, the costliest on a CPU, keep their weights; needs --base and "
        '--frozen 1',
    )
    parser.add_argument('--seed', type=int, default=0, help='default: %(default)s')
    parser.add_argument('--resume', action='store_true', help=f'continue from {STATE} in the output folder')


def run(args: argparse.Namespace) -> int:
    """Load everything, train, validate."""
    import torch

    from optidepthnet_ros.checkpoints.checkpoint import Checkpoint
    from optidepthnet_ros.recordings.depth_scene import TEACHER
    from optidepthnet_ros.training.budget import VALIDATING
    from optidepthnet_ros.training.packed.archive import RELATIVE
    from optidepthnet_ros.training.packed.held_out import tails, whole_scenes
    from optidepthnet_ros.training.packed.loop import Loop, LoopOptions
    from optidepthnet_ros.training.packed.network_teacher import NetworkTeacher
    from optidepthnet_ros.training.packed.objective import TRUST, Objective
    from optidepthnet_ros.training.packed.origin import describe_data
    from optidepthnet_ros.training.packed.store import SampleStore
    from optidepthnet_ros.training.packed.windows import WindowDrawer
    from optidepthnet_ros.training.processor import set_up_process

    _check_base(args)
    set_up_process()
    base = Checkpoint.load(resolve_checkpoint(args.base)) if args.base else None
    follow_recipe(args, base.provenance.canonical_focal if base else None)
    _check(args)
    folders, shares = zip(*map(_folder_and_share, args.data), strict=True)
    colour = base.provenance.input_colour if base else args.colour
    device = torch.device('cuda' if torch.cuda.is_available() else 'cpu')
    canonical_focal = base.provenance.canonical_focal if base else args.canonical_focal
    store = SampleStore(list(folders), device, gray=colour == 'gray', focal=ENLARGED * canonical_focal)
    held_out = whole_scenes(store, args.hold_out) if args.hold_out_tail is None else tails(store, args.hold_out_tail)
    teacher = NetworkTeacher(Checkpoint.load(resolve_checkpoint(args.teacher)), store.device) if args.teacher else None
    network, provenance = _origin(args, base, *describe_data(store, held_out, list(folders), teacher))
    if teacher is not None:
        teacher.check(provenance)
    if is_non_commercial(provenance.licence):
        _report(f'The weights are not for commercial use: their licence is {provenance.licence}')
    drawer = WindowDrawer(
        store, list(shares), provenance.canonical_focal, left_out=held_out.left_out, shapes=tuple(args.windows)
    )
    seconds = 60 * args.minutes
    validating = VALIDATING * seconds if held_out.measured else 0.0
    options = LoopOptions(
        seconds - validating,
        args.learning_rate,
        args.batch_size,
        args.decay,
        args.frozen,
        focal=provenance.canonical_focal,
        encoder_rate=args.encoder_rate,
        keep_finest=args.keep_finest,
        seed=args.seed,
    )
    trust = TRUST | {source: args.teacher_weight * TRUST[source] for source in (TEACHER, RELATIVE)}
    if not store.holds(RELATIVE):
        trust[RELATIVE] = 0.0
    objective = Objective(provenance.canonical.unit, provenance.canonical_width, trust, sky=args.sky_weight)
    loop = Loop(network, store, drawer, objective, options, teacher)
    if args.resume:
        _resume(loop, provenance, args.output / STATE)
    if base and not args.resume:
        _validate('base', loop.average, store, held_out, provenance, validating)
    loop.plan()
    args.output.mkdir(parents=True, exist_ok=True)
    loop.run(_report, lambda: _save(loop, provenance, args.output))
    _validate('held out', loop.average, store, held_out, provenance, validating)
    return 0


def _check_base(args: argparse.Namespace) -> None:
    if not args.base:
        return
    for name in ('network', 'encoder_weights', 'colour', *CANONICAL):
        if getattr(args, name) is not None:
            option = name.replace('_', '-')
            raise ValueError(f'--{option} is for a new checkpoint; --base {args.base} has its own: omit it')


def _check(args: argparse.Namespace) -> None:
    for name in ('minutes', 'learning_rate', 'batch_size'):
        if not getattr(args, name) > 0:
            raise ValueError(f'--{name.replace("_", "-")} is {getattr(args, name)}, but must be positive')
    for name in ('teacher_weight', 'sky_weight', 'encoder_rate', 'decay'):
        if not getattr(args, name) >= 0:
            raise ValueError(f'--{name.replace("_", "-")} is {getattr(args, name)}, but must be 0 or more')
    if not 0 <= args.frozen <= 1:
        raise ValueError(f'--frozen is {args.frozen}, but must be from 0 to 1')
    if args.keep_finest and (not args.base or args.frozen < 1):
        raise ValueError('--keep-finest keeps layers as they are: give --base, and --frozen 1')
    if args.hold_out and args.hold_out_tail is not None:
        raise ValueError('--hold-out (whole scenes) and --hold-out-tail (the end of each) exclude each other')
    if args.recipe == 'finetune' and not args.base:
        raise ValueError('--recipe finetune needs a --base to start from, which is not given')
    state = args.output / STATE
    if args.resume and not state.is_file():
        raise ValueError(f'--resume: no file {state}')
    if not args.resume and state.exists():
        raise ValueError(f'{args.output} already holds a training: give a new folder, or --resume')


def _folder_and_share(text: str) -> tuple[Path, float]:
    folder, _, share = text.rpartition(':')
    if not folder:
        return Path(text), 1.0
    try:
        return Path(folder), float(share)
    except ValueError:
        return Path(text), 1.0


def _origin(args: argparse.Namespace, base: 'Checkpoint | None', data: str, licences: list[str]) -> 'Origin':
    from optidepthnet_ros.geometry.canonical import CanonicalCamera
    from optidepthnet_ros.training.packed.origin import continued, fresh

    licence = joined_licence(*licences, args.licence)  # weights inherit the licence terms of their teachers
    if base:
        return continued(base, data, licence)
    canonical = CanonicalCamera(args.canonical_focal, args.canonical_width, args.baseline)
    return fresh(args.network, args.colour, canonical, args.seed, args.encoder_weights, data, licence)


def _resume(loop: 'Loop', provenance: 'Provenance', path: Path) -> None:
    import torch

    try:
        state = torch.load(path, map_location=loop.device, weights_only=True)
        begun = state['begun']
    except Exception as error:  # torch does not document which
        raise ValueError(f'--resume: {path} cannot be read ({error}): start again in a new folder') from None
    if begun != (going := _begun(provenance)):
        raise ValueError(
            f'--resume: {path} is of {begun}, but the options ask for {going}: give the options it began with'
        )
    loop.resume(state)


def _begun(provenance: 'Provenance') -> str:
    """Return what must not change when a training is resumed."""
    p = provenance
    return f'{p.network}, separable scope {p.separable_scope}, norm {p.norm}, {p.input_colour}, f_c {p.canonical_focal}'


def _save(loop: 'Loop', provenance: 'Provenance', folder: Path) -> None:
    import torch

    from optidepthnet_ros.checkpoints.checkpoint import Checkpoint
    from optidepthnet_ros.files.atomic import replacing

    Checkpoint.of(provenance, loop.average).save(folder / CHECKPOINT, half=True)
    with replacing(folder / STATE) as temporary:
        torch.save(loop.state() | {'begun': _begun(provenance)}, temporary)


def _validate(
    name: str, network: 'nn.Module', store: 'SampleStore', held_out: 'HeldOut', provenance: 'Provenance', seconds: float
) -> None:
    """Report the errors on held-out frames: as many as there is time for, at least one."""
    from optidepthnet_ros.training.packed.validation import validate
    from optidepthnet_ros.training.timely import Timely

    end = time.monotonic() + seconds
    shuffled = random.Random(0).sample(held_out.measured, len(held_out.measured))
    items = Timely(shuffled, lambda: time.monotonic() > end)
    focal, unit = provenance.canonical_focal, provenance.canonical.unit
    errors = validate(network, store, items, focal, unit)
    for (folder, source), (frames, abs_rel, delta1) in sorted(errors.items()):
        _report(f'{name}, folder {folder + 1}, {source}: {frames} frames, Abs Rel {abs_rel}, delta1 {delta1}')


def _report(line: str) -> None:
    print(line, flush=True)
