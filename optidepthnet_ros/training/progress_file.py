# SPDX-License-Identifier: Apache-2.0
"""The progress of a training for other programs: a small JSON file, which is always complete."""

import time
from pathlib import Path
from typing import Any

import lightning

from optidepthnet_ros.files.atomic import write_json
from optidepthnet_ros.training.budget import Budget
from optidepthnet_ros.training.checkpoint_writer import CheckpointWriter

NAME = 'progress.json'
_EVERY = 1.0  # seconds


class ProgressFile(lightning.Callback):
    """Writes ``progress.json`` at most once a second.

    It has ``step``, ``share`` (0 to 1), ``seconds_left``, ``images_per_second`` of this run including validations,
    ``best``, the lowest score so far (null before the first validation), and ``metrics``: the latest loss, its weighted
    terms, and the scores.
    """

    def __init__(self, folder: Path, budget: Budget, writer: CheckpointWriter, batch_size: int):
        self._path = folder / NAME
        self._budget, self._writer, self._batch_size = budget, writer, batch_size
        self._start, self._first_step = time.monotonic(), 0
        self._written = -_EVERY

    def on_train_start(self, trainer: lightning.Trainer, module: lightning.LightningModule) -> None:
        self._start, self._first_step = time.monotonic(), trainer.global_step

    def on_train_batch_end(
        self, trainer: lightning.Trainer, module: lightning.LightningModule, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        if trainer.is_global_zero and (time.monotonic() - self._written > _EVERY or trainer.should_stop):
            self._write(trainer)

    def on_validation_end(self, trainer: lightning.Trainer, module: lightning.LightningModule) -> None:
        if trainer.is_global_zero:
            self._write(trainer)

    def _write(self, trainer: lightning.Trainer) -> None:
        step, elapsed = trainer.global_step, self._budget.elapsed()
        share = self._budget.share(step)
        content = {
            'step': step,
            'share': share,
            'seconds_left': elapsed / share - elapsed if share else None,
            'images_per_second': (step - self._first_step) * self._batch_size / (time.monotonic() - self._start),
            'best': self._writer.best,
            'metrics': {name: float(value) for name, value in sorted(trainer.callback_metrics.items())},
        }
        write_json(self._path, content)
        self._written = time.monotonic()
