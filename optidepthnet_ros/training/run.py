"""One training, from scenes to checkpoints."""

from dataclasses import dataclass, field, replace
from pathlib import Path

import lightning
import torch
from lightning.pytorch.callbacks import ModelCheckpoint
from lightning.pytorch.loggers import CSVLogger, TensorBoardLogger
from lightning.pytorch.utilities import rank_zero_info

from optidepthnet_ros.checkpoint import Checkpoint
from optidepthnet_ros.network import build_network, use_product_weights
from optidepthnet_ros.provenance import Provenance
from optidepthnet_ros.training.averaging import WarmWeightAveraging
from optidepthnet_ros.training.data import PairData
from optidepthnet_ros.training.export import CheckpointExport, fields_of_view
from optidepthnet_ros.training.losses.stereo import LossWeights
from optidepthnet_ros.training.module import DepthModule, TrainingError
from optidepthnet_ros.training.pairs import PairDataset
from optidepthnet_ros.training.pictures import ValidationPictures
from optidepthnet_ros.training.pretrained.initialise import initialise_encoder
from optidepthnet_ros.training.progress import TrainingProgress
from optidepthnet_ros.training.proxies import ProxyCache
from optidepthnet_ros.training.split import split_scenes
from optidepthnet_ros.training.stereo_data.scene import StereoScene
from optidepthnet_ros.training.stopping import SaveOnSignal
from optidepthnet_ros.training.teacher import Teacher

MONITOR = 'proxy_outliers'


@dataclass(frozen=True)
class TrainingOptions:
    """What a training is asked for; see ``optidepthnet train --help``.

    With a ``base`` its weights are the start, and it says what network it is, seen at what size, for what baseline.
    With ``encoder_weights`` the encoder starts from published ones, see :mod:`~.pretrained.layouts`.
    A ``teacher`` counts as ``weights.teacher`` says.
    """

    network: str
    output: Path
    licence: str
    base: Checkpoint | None = None
    encoder_weights: Path | None = None
    teacher: Checkpoint | None = None
    reading: str = 'A'
    norm: str = 'batch'
    input_size: tuple[int, int] = (256, 512)
    baseline: float | None = None
    held_out: tuple[str, ...] = ()
    steps: int = 23500
    batch_size: int = 8
    learning_rate: float = 1e-4
    decay: float = 0.0
    schedule: str = 'halving'
    averaging: float = 0.998
    weights: LossWeights = field(default_factory=LossWeights)
    sky: bool = False
    validate_every: int = 200
    log_every: int = 20
    workers: int = 1
    seed: int = 0
    precision: str | None = None
    product_weights: bool | None = None
    resume: bool = False


def train(scenes: list[StereoScene], options: TrainingOptions) -> bool:
    """Train a network; see :class:`~.export.CheckpointExport` for what it writes into ``options.output``.

    :return: whether it came to its end; otherwise it was asked to stop, and can be resumed
    :raises DataError: see :func:`~.split.split_scenes`
    :raises TrainingError: nothing to resume, two things to start from, a teacher that cannot teach this, or the loss
        is not finite
    :raises EncoderWeightsError: see :func:`~.pretrained.initialise.initialise_encoder`
    """
    state = options.output / 'training' / 'last.ckpt'
    if options.resume and not state.exists():
        raise TrainingError(f'--resume: {state} does not exist: train without --resume first')
    if options.base and options.encoder_weights:
        raise TrainingError('--encoder-weights: --base has an encoder already: give one of the two')
    training, validation = split_scenes(scenes, options.held_out)
    provenance = _provenance(training, options)
    options.output.mkdir(parents=True, exist_ok=True)
    stop = SaveOnSignal(state)
    trainer = _trainer(options, provenance, state, stop)
    trainer.fit(_module(options), _data(training, validation, options, provenance),
                ckpt_path=state if options.resume else None)
    return stop.received is None


def has_fast_bfloat16() -> bool:
    """Whether the processor, or the GPU, computes in bfloat16 faster than in float32."""
    if torch.cuda.is_available():
        return torch.cuda.is_bf16_supported(including_emulation=False)
    return torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()


def _trainer(options, provenance, state, stop):
    precision = options.precision or ('bf16-mixed' if has_fast_bfloat16() else '32-true')
    return lightning.Trainer(
        # Several GPUs normalise over the whole batch; torch has nothing of the kind for processes on a CPU.
        sync_batchnorm=torch.cuda.is_available(),
        max_steps=options.steps, val_check_interval=options.validate_every, check_val_every_n_epoch=None,
        num_sanity_val_steps=0, precision=precision, gradient_clip_val=1.0, use_distributed_sampler=False,
        # The first makes a version for each start, because it would delete what an earlier one has written.
        logger=[CSVLogger(options.output, name='metrics'),
                TensorBoardLogger(options.output, name='', version='tensorboard')],
        log_every_n_steps=options.log_every, callbacks=[
            *_teachers(options, provenance),
            TrainingProgress(options.batch_size),
            ValidationPictures(),
            CheckpointExport(options.output, provenance, monitor=MONITOR),
            WarmWeightAveraging(options.averaging),
            stop,  # after the averaging, so that the state it saves holds the step's average
            ModelCheckpoint(state.parent, filename=state.stem, every_n_train_steps=options.validate_every,
                            enable_version_counter=False)])


def _teachers(options, provenance):
    if options.teacher is None:
        return []
    if options.base and options.base.digest == options.teacher.digest:
        raise TrainingError('--teacher and --base are the same checkpoint, which has nothing to tell itself: '
                            'leave one away')
    return [Teacher(options.teacher, provenance)]


def _module(options):
    network = options.base.build() if options.base else build_network(
        options.network, reading=options.reading, norm=options.norm, seed=options.seed)
    _check_input_size(options, network.stride)
    if options.encoder_weights and not options.resume:
        rank_zero_info(initialise_encoder(network, options.network, options.encoder_weights))
    product = options.product_weights
    # Where matrix units make dense convolutions cheap, they beat PyTorch's slow depthwise backward pass.
    if has_fast_bfloat16() and not torch.cuda.is_available() if product is None else product:
        use_product_weights(network)
    return DepthModule(network, options.weights, learning_rate=options.learning_rate, decay=options.decay,
                       schedule=options.schedule, steps=options.steps)


def _check_input_size(options, stride):
    height, width = options.input_size
    if options.base is None and (height % stride or width % stride):
        raise TrainingError(f'--input-size is {height} {width}, but {options.network} needs multiples of {stride}')


def _data(training, validation, options, provenance):
    shared = {'input_size': (provenance.input_height, provenance.input_width), 'baseline': provenance.baseline,
              'proxies': ProxyCache(options.output / 'proxies'), 'sky': options.sky}
    return PairData(PairDataset(training, **shared), PairDataset(validation, **shared), batch_size=options.batch_size,
                    steps=options.steps, workers=options.workers, seed=options.seed)


def _provenance(scenes, options):
    view = fields_of_view(scenes)
    data = (f'{sum(map(len, scenes))} stereo pairs of {len(scenes)} scenes: '
            f'{", ".join(scene.name for scene in scenes)}')
    licence = options.licence
    if options.teacher:
        # Weights inherit what their teacher, and their base, owe.
        taught = options.teacher.provenance
        data += f'; taught by {taught.network}, which saw {taught.training_data}'
        licence = _joined(taught.licence, licence)
    if options.base:
        base = options.base.provenance
        return replace(base, **view, licence=_joined(base.licence, licence),
                       training_data=_joined(base.training_data, data))
    if options.encoder_weights:
        data = _joined(f'encoder weights {options.encoder_weights.name}', data)
    height, width = options.input_size
    baseline = options.baseline or round(max(scenes, key=len).rig.baseline, 6)
    return Provenance(
        network=options.network, reading=options.reading, norm=options.norm, input_height=height, input_width=width,
        input_colour='gray', baseline=baseline, **view, licence=licence, training_data=data)


def _joined(first, then):
    return first if then in first else f'{first}; then {then}'
