"""One training, from scenes to checkpoints."""

from dataclasses import dataclass, field
from pathlib import Path

import lightning
from lightning.pytorch.callbacks import ModelCheckpoint
from lightning.pytorch.loggers import CSVLogger
from torch.utils.data import DataLoader

from optidepthnet_ros.checkpoint import Provenance
from optidepthnet_ros.network import build_network
from optidepthnet_ros.training.averaging import WarmWeightAveraging
from optidepthnet_ros.training.export import CheckpointExport, fields_of_view
from optidepthnet_ros.training.losses.stereo import LossWeights
from optidepthnet_ros.training.module import DepthModule
from optidepthnet_ros.training.pairs import PairDataset
from optidepthnet_ros.training.stereo_data.scene import DataError, StereoScene


@dataclass(frozen=True)
class TrainingOptions:
    """What a training is asked for; see ``optidepthnet train --help``."""

    network: str
    output: Path
    licence: str
    norm: str = 'batch'
    input_size: tuple[int, int] = (256, 512)
    baseline: float = 0.54
    held_out: tuple[str, ...] = ()
    steps: int = 23500
    batch_size: int = 8
    learning_rate: float = 1e-4
    decay: float = 0.0
    weights: LossWeights = field(default_factory=LossWeights)
    validate_every: int = 200
    workers: int = 1
    seed: int = 0
    resume: bool = False


def train(scenes: list[StereoScene], options: TrainingOptions) -> None:
    """Train a network on all scenes but the held-out ones; see :class:`CheckpointExport` for what it writes.

    :raises DataError: a held-out scene does not exist, or nothing is left to train on or to validate with
    """
    lightning.seed_everything(options.seed)
    training, held_out = _split(scenes, options.held_out)
    module = DepthModule(build_network(options.network, norm=options.norm, seed=options.seed), options.weights,
                         learning_rate=options.learning_rate, decay=options.decay)
    options.output.mkdir(parents=True, exist_ok=True)
    resumable = options.output / 'training'
    trainer = lightning.Trainer(
        max_steps=options.steps, val_check_interval=options.validate_every, check_val_every_n_epoch=None,
        num_sanity_val_steps=0, logger=CSVLogger(options.output, name='', version='metrics'),
        log_every_n_steps=20, gradient_clip_val=1.0, callbacks=[
            CheckpointExport(options.output, _provenance(training, options), monitor='proxy_outliers'),
            WarmWeightAveraging(decay=0.998),
            ModelCheckpoint(resumable, filename='last', every_n_train_steps=options.validate_every,
                            enable_version_counter=False)])
    trainer.fit(module, _loader(training, options, training=True), _loader(held_out, options, training=False),
                ckpt_path=resumable / 'last.ckpt' if options.resume else None)


def _split(scenes, held_out_names):
    if unknown := set(held_out_names) - {scene.name for scene in scenes}:
        raise DataError(f"--hold-out '{min(unknown)}' is no scene of the data: "
                        f'there are {", ".join(scene.name for scene in scenes)}')
    training = [scene for scene in scenes if scene.name not in held_out_names]
    held_out = [scene for scene in scenes if scene.name in held_out_names]
    if not (training and held_out):
        raise DataError(f'{len(training)} scenes to train on and {len(held_out)} held out, but both are needed: '
                        'name some, not all, with --hold-out')
    return training, held_out


def _provenance(scenes, options):
    pairs = sum(len(scene) for scene in scenes)
    height, width = options.input_size
    return Provenance(
        network=options.network, reading='A', norm=options.norm, input_height=height, input_width=width,
        input_colour='gray', baseline=options.baseline, **fields_of_view(scenes), licence=options.licence,
        training_data=f'{pairs} stereo pairs of {len(scenes)} scenes: {", ".join(scene.name for scene in scenes)}')


def _loader(scenes, options, *, training):
    dataset = PairDataset(scenes, input_size=options.input_size, baseline=options.baseline, augment=training,
                          proxy_cache=options.output / 'proxies')
    sampler = dataset.balanced_sampler(options.steps * options.batch_size) if training else None
    return DataLoader(dataset, options.batch_size, sampler=sampler, drop_last=training, num_workers=options.workers,
                      persistent_workers=training and options.workers > 0)
