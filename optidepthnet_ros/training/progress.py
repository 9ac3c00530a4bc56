# SPDX-License-Identifier: Apache-2.0
"""The progress bar of a training: share done, time left, steps, images per second and the terms of the loss."""

import time
from typing import Any

import lightning
from lightning.pytorch.callbacks import TQDMProgressBar

from optidepthnet_ros.training.budget import Budget


class TrainingProgress(TQDMProgressBar):
    """One line for the budget: of time if that ends the training, else of steps.

    Must come after the budget. ``images/s`` is the mean since the last validation, without its time.
    """

    BAR_FORMAT = '{desc}{percentage:3.0f}%|{bar}| {elapsed}<{remaining}{postfix}'

    def __init__(self, budget: Budget, batch_size: int):
        super().__init__()
        self._budget = budget
        self._batch_size = batch_size
        self._speed = 0.0  # until the first step
        self._restart()

    @property
    def train_description(self) -> str:
        return 'training: '

    def on_train_start(self, trainer: lightning.Trainer, module: lightning.LightningModule) -> None:
        super().on_train_start(trainer, module)
        bar = self.train_progress_bar
        bar.total = 1.0
        bar.n = bar.initial = self._budget.share(trainer.global_step)  # the time left is computed from this start only
        self._restart()

    def on_train_epoch_start(self, trainer: lightning.Trainer, module: lightning.LightningModule) -> None:
        pass  # an epoch is the whole training

    def on_validation_end(self, trainer: lightning.Trainer, module: lightning.LightningModule) -> None:
        self.train_progress_bar.n = self._budget.share(trainer.global_step)
        super().on_validation_end(trainer, module)
        self._restart()

    def on_train_batch_end(
        self, trainer: lightning.Trainer, module: lightning.LightningModule, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        self._steps += 1
        self._speed = self._steps * self._batch_size / (time.monotonic() - self._since)
        if self.is_enabled:
            self.train_progress_bar.n = self._budget.share(trainer.global_step)
            self.train_progress_bar.set_postfix(self.get_metrics(trainer, module))

    def get_metrics(
        self, trainer: lightning.Trainer, module: lightning.LightningModule
    ) -> dict[str, int | str | float | dict[str, float]]:
        metrics = super().get_metrics(trainer, module)
        metrics.pop('v_num', None)
        return {'step': trainer.global_step, 'images/s': f'{self._speed:.1f}', **metrics}

    def _restart(self) -> None:
        self._since, self._steps = time.monotonic(), 0
