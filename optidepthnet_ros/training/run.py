# SPDX-License-Identifier: Apache-2.0
"""One training, from scenes to checkpoints."""

import errno
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, Literal

import lightning
import torch
from lightning.pytorch.callbacks import ModelCheckpoint
from lightning.pytorch.loggers import CSVLogger, TensorBoardLogger
from lightning.pytorch.utilities import rank_zero_info

from optidepthnet_ros.checkpoints.checkpoint import Checkpoint
from optidepthnet_ros.checkpoints.licence import joined_licence
from optidepthnet_ros.checkpoints.provenance import Provenance
from optidepthnet_ros.geometry.canonical import CanonicalCamera
from optidepthnet_ros.network.forms import use_product_weights
from optidepthnet_ros.network.optidepthnet import build_network
from optidepthnet_ros.recordings.depth_scene import AnyScene, knows_depth
from optidepthnet_ros.recordings.scene import StereoScene
from optidepthnet_ros.training.augmentation import Variation
from optidepthnet_ros.training.averaging import WarmWeightAveraging
from optidepthnet_ros.training.budget import Budget
from optidepthnet_ros.training.budget_end import BudgetEnd
from optidepthnet_ros.training.checkpoint_writer import CheckpointWriter
from optidepthnet_ros.training.data import PairData
from optidepthnet_ros.training.error import TrainingError
from optidepthnet_ros.training.lightning_output import keep_lightning_quiet
from optidepthnet_ros.training.losses.stereo import LossWeights
from optidepthnet_ros.training.module import DepthModule
from optidepthnet_ros.training.packed.objective import Objective
from optidepthnet_ros.training.pairs import PairDataset, Rehearsal
from optidepthnet_ros.training.pictures import ValidationPictures
from optidepthnet_ros.training.pretrained.initialise import initialise_encoder
from optidepthnet_ros.training.processes import started_together
from optidepthnet_ros.training.processor import has_fast_bfloat16, set_up_process
from optidepthnet_ros.training.progress import TrainingProgress
from optidepthnet_ros.training.progress_file import ProgressFile
from optidepthnet_ros.training.proxies import ProxyCache
from optidepthnet_ros.training.split import split_scenes, split_tails
from optidepthnet_ros.training.state_file import resumable
from optidepthnet_ros.training.state_plugin import StatePlugin
from optidepthnet_ros.training.statistics import keep_statistics
from optidepthnet_ros.training.stopping import SaveOnSignal
from optidepthnet_ros.training.taught_batches import TaughtBatches
from optidepthnet_ros.training.teacher import Teacher

FULL = errno.ENOSPC, errno.EDQUOT, errno.EFBIG  # full disk, quota, file size limit
MONITOR = 'proxy_outliers'
LOSSES = 'appearance', 'smoothness', 'consistency', 'proxy', 'hints', 'depth'  # names of recipes
RECIPE_FIELDS = (
    'network',
    'norm',
    'colour',
    'sky',
    'steps',
    'batch_size',
    'learning_rate',
    'encoder_rate',
    'decay',
    'schedule',
    'averaging',
)
SKY_METRES = 80.0  # minimum depth of sky
VALIDATE_EVERY = 200  # steps
VALIDATIONS = 5  # in a training with a time limit
Precision = Literal['32-true', 'bf16-mixed', '16-mixed']  # of Lightning's


@dataclass(frozen=True, kw_only=True)
class TrainingOptions:
    """The options of a training; see ``optidepthnet train --help``.

    A ``base`` provides the initial weights, the network and its canonical camera. Its batch statistics are frozen.
    With ``encoder_weights`` the encoder starts from published weights, see :mod:`~.pretrained.layouts`.
    A ``teacher`` has the weight ``weights.teacher``, and with ``teacher_flip`` also uses the mirrored image.
    """

    output: Path
    licence: str
    network: str
    norm: str
    colour: str
    canonical: CanonicalCamera
    shapes: tuple[tuple[int, int], ...]
    weights: LossWeights
    variation: Variation
    sky: bool
    steps: int
    batch_size: int
    learning_rate: float
    encoder_rate: float
    decay: float
    schedule: str
    averaging: float
    separable_scope: str = 'all'
    base: Checkpoint | None = None
    encoder_weights: Path | None = None
    teacher: Checkpoint | None = None
    teacher_flip: bool = False
    held_out: tuple[str, ...] = ()
    held_out_tail: float | None = None
    rehearsal_share: float = 0.25
    minutes: float | None = None
    validate_every: int | None = None
    log_every: int = 20
    workers: int = 1
    seed: int = 0
    precision: Precision | None = None
    product_weights: bool | None = None
    resume: bool = False

    @classmethod
    def of(
        cls, recipe: Mapping[str, Any], *, teacher_weight: float = 0.0, occlusion: bool = False, **others: Any
    ) -> 'TrainingOptions':
        """Return the options of a recipe.

        :param recipe: values by option name, see :mod:`~.recipes`
        :param others: fields that no recipe sets
        """
        weights = {name: recipe[name] for name in LOSSES}
        return cls(
            **{name: recipe[name] for name in RECIPE_FIELDS},
            canonical=CanonicalCamera(recipe['canonical_focal'], recipe['canonical_width'], recipe['baseline']),
            shapes=tuple(recipe['windows']),
            weights=LossWeights(**weights, teacher=teacher_weight, occlusion=occlusion),
            variation=Variation(**{field.name: recipe[field.name] for field in fields(Variation)}),
            **others,
        )


def train(scenes: Sequence[AnyScene], options: TrainingOptions, rehearsal: Sequence[AnyScene] = ()) -> bool:
    """Train a network on stereo pairs, images with depth, or both.

    See :class:`~.checkpoint_writer.CheckpointWriter` for what it writes into ``options.output``.

    :param rehearsal: scenes that the base has learned and should not forget; all are used for training, in
        ``options.rehearsal_share`` of the samples
    :return: whether it was completed; otherwise it was asked to stop, and can be resumed
    :raises DataError: see :func:`~.split.split_scenes` and :func:`~.split.split_tails`
    :raises TrainingError: there is nothing to resume, something would be overwritten, there are two initial weights,
        the teacher does not fit the training, or the loss is not finite
    :raises EncoderWeightsError: see :func:`~.pretrained.initialise.initialise_encoder`
    :raises ValueError: see :func:`~.state_file.resumable`
    """
    state = options.output / 'training' / 'last.ckpt'
    if options.resume and not state.exists():
        raise TrainingError(f'--resume: {state} does not exist: train without --resume first')
    start = resumable(state) if options.resume else None
    if state.exists() and not options.resume:
        raise TrainingError(
            f'--output: {options.output} already has a training: continue it with --resume, or give another folder'
        )
    if options.base and options.encoder_weights:
        raise TrainingError('--encoder-weights: --base already has an encoder: give one of the two')
    set_up_process()
    keep_lightning_quiet()
    training, validation = _split(scenes, options)
    provenance = _provenance([*training, *rehearsal], options)
    options.output.mkdir(parents=True, exist_ok=True)
    stop, budget = SaveOnSignal(state), Budget(options.steps, options.minutes and 60 * options.minutes)
    trainer = _trainer(options, provenance, state, stop, budget)
    module = _module(options, provenance.canonical, budget, with_depth=any(map(knows_depth, [*training, *rehearsal])))
    parameters = sum(weights.numel() for weights in module.parameters()) / 1e6
    rank_zero_info(f'training {provenance.network}, {parameters:.2f} M parameters, on {trainer.strategy.root_device}')
    try:
        trainer.fit(module, _data(training, rehearsal, validation, options, provenance, budget), ckpt_path=start)
    except OSError as error:
        if error.errno not in FULL:
            raise
        raise TrainingError(
            f'cannot write to {options.output} ({error.strerror}): free some space, then continue with --resume'
        ) from error
    return stop.received is None


def _split(scenes: Sequence[AnyScene], options: TrainingOptions) -> tuple[list[AnyScene], list[AnyScene]]:
    if options.held_out_tail is None:
        return split_scenes(scenes, options.held_out)
    return split_tails(scenes, options.held_out_tail)


def _trainer(
    options: TrainingOptions, provenance: Provenance, state: Path, stop: SaveOnSignal, budget: Budget
) -> lightning.Trainer:
    writer = CheckpointWriter(options.output, provenance, monitor=MONITOR)
    validate, save = _intervals(options)
    return lightning.Trainer(
        **started_together(),
        # Several GPUs normalise over the whole batch; torch cannot do this for processes on a CPU.
        sync_batchnorm=torch.cuda.is_available(),
        plugins=[StatePlugin()],
        max_steps=options.steps,
        val_check_interval=validate,
        check_val_every_n_epoch=None,
        num_sanity_val_steps=0,
        precision=_precision(options),
        gradient_clip_val=1.0,
        use_distributed_sampler=False,
        # The first one makes a new version for each start, because it would delete the files of an earlier one.
        logger=[
            CSVLogger(options.output, name='metrics'),
            TensorBoardLogger(options.output, name='', version='tensorboard'),
        ],
        log_every_n_steps=min(options.log_every, options.steps),
        enable_model_summary=False,
        callbacks=[
            *_taught(options, provenance),
            ValidationPictures(options.output),
            writer,
            WarmWeightAveraging(options.averaging, measured=options.base is None),
            BudgetEnd(budget),
            TrainingProgress(budget, options.batch_size),
            ProgressFile(options.output, budget, writer, options.batch_size),
            stop,  # after the averaging, so that the state it saves holds the average of this step
            ModelCheckpoint(state.parent, filename=state.stem, enable_version_counter=False, **save),
        ],
    )


def _precision(options: TrainingOptions) -> Precision:
    return options.precision or ('bf16-mixed' if has_fast_bfloat16() else '32-true')


def _intervals(options: TrainingOptions) -> tuple[timedelta | int, dict[str, Any]]:
    """Return the time or the steps between validations, and the same for saving, as arguments of ModelCheckpoint."""
    if options.validate_every is None and options.minutes:
        # So that validations and saved states are in time, however slow the machine is.
        interval = timedelta(minutes=options.minutes / VALIDATIONS)
        return interval, {'train_time_interval': interval}
    steps = options.validate_every or VALIDATE_EVERY
    return steps, {'every_n_train_steps': steps}


def _taught(options: TrainingOptions, provenance: Provenance) -> list[TaughtBatches]:
    if options.teacher is None:
        return []
    if options.base and options.base.digest == options.teacher.digest and not options.teacher_flip:
        raise TrainingError(
            '--teacher and --base are the same checkpoint, which learns nothing from itself: '
            'omit one of them, or give --teacher-flip'
        )
    own, students = options.teacher.provenance.canonical_focal, provenance.canonical_focal
    if own != students:
        rank_zero_info(
            f'The teacher gets the images resized from a focal length of {students:g} px to its own {own:g} px'
        )
    return [TaughtBatches(Teacher(options.teacher, provenance, options.teacher_flip))]


def _module(options: TrainingOptions, canonical: CanonicalCamera, budget: Budget, with_depth: bool) -> DepthModule:
    network = (
        options.base.build()
        if options.base
        else build_network(
            options.network, separable_scope=options.separable_scope, norm=options.norm, seed=options.seed
        )
    )
    if options.encoder_weights and not options.resume:
        rank_zero_info(initialise_encoder(network, options.network, options.encoder_weights))
    if options.base:
        keep_statistics(network)
    product = options.product_weights
    # Where matrix units make dense convolutions cheap, they beat PyTorch's slow depthwise backward pass.
    if _precision(options) != '32-true' and not torch.cuda.is_available() if product is None else product:
        use_product_weights(network)
    return DepthModule(
        network,
        options.weights,
        learning_rate=options.learning_rate,
        encoder_rate=options.encoder_rate,
        decay=options.decay,
        schedule=options.schedule,
        share_done=budget.share,
        far=canonical.unit / SKY_METRES,
        depth=Objective(canonical.unit, canonical.width) if with_depth and options.weights.depth else None,
    )


def _data(
    training: Sequence[AnyScene],
    rehearsal: Sequence[AnyScene],
    validation: Sequence[AnyScene],
    options: TrainingOptions,
    provenance: Provenance,
    budget: Budget,
) -> PairData:
    dataset = partial(
        PairDataset,
        canonical=provenance.canonical,
        proxies=ProxyCache(options.output / 'proxies'),
        sky=options.sky,
        colour=provenance.input_colour == 'rgb',
        with_depth=options.weights.depth > 0,
    )
    rehearsed = Rehearsal(frozenset(scene.name for scene in rehearsal), options.rehearsal_share)
    return PairData(
        dataset([*training, *rehearsal]),
        dataset(validation),
        rehearsal=rehearsed,
        variation=options.variation,
        shapes=options.shapes,
        batch_size=options.batch_size,
        steps=options.steps,
        workers=options.workers,
        seed=options.seed,
        budget=budget,
    )


def _provenance(scenes: Sequence[AnyScene], options: TrainingOptions) -> Provenance:
    data = _described(scenes)
    licence = options.licence
    if options.teacher:
        # Weights inherit the licence terms of their teacher and of their base.
        taught = options.teacher.provenance
        data += f'; taught by {taught.network}, which saw {taught.training_data}'
        licence = joined_licence(taught.licence, licence)
    if options.base:
        base = options.base.provenance
        return replace(
            base,
            parent=options.base.digest,
            licence=joined_licence(base.licence, licence),
            training_data=_joined(base.training_data, data),
        )
    if options.encoder_weights:
        data = _joined(f'encoder weights {options.encoder_weights.name}', data)
    return Provenance(
        network=options.network,
        separable_scope=options.separable_scope,
        norm=options.norm,
        input_colour=options.colour,
        canonical_focal=options.canonical.focal,
        canonical_width=options.canonical.width,
        baseline=options.canonical.baseline,
        licence=licence,
        training_data=data,
    )


def _described(scenes: Sequence[AnyScene]) -> str:
    kinds: dict[str, Sequence[AnyScene]] = {
        'stereo pairs': [scene for scene in scenes if isinstance(scene, StereoScene)],
        'images with depth': [scene for scene in scenes if not isinstance(scene, StereoScene)],
    }
    return '; then '.join(
        f'{sum(map(len, those))} {kind} of {len(those)} scenes: {", ".join(scene.name for scene in those)}'
        for kind, those in kinds.items()
        if those
    )


def _joined(first: str, then: str) -> str:
    return first if then in first else f'{first}; then {then}'
