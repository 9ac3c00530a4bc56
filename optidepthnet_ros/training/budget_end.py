# SPDX-License-Identifier: Apache-2.0
"""Ends a training when its budget is used up."""

from typing import Any

import lightning

from optidepthnet_ros.training.budget import Budget


class BudgetEnd(lightning.Callback):
    """Keeps a budget up to date, and ends the training with a last validation.

    Several processes use the clock of the first one, so that they have the same learning rate. Must come before
    callbacks that use the budget.
    """

    def __init__(self, budget: Budget):
        self._budget = budget

    def state_dict(self) -> dict[str, Any]:
        return {'elapsed': self._budget.elapsed()}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        self._budget.earlier = state_dict['elapsed']

    def on_train_start(self, trainer: lightning.Trainer, module: lightning.LightningModule) -> None:
        self._budget.agree = trainer.strategy.broadcast
        self._budget.start()

    def on_train_batch_end(
        self, trainer: lightning.Trainer, module: lightning.LightningModule, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        self._budget.end_step()
        self._stop_if_done(trainer)  # which also validates, regardless of when the last validation was

    def on_validation_start(self, trainer: lightning.Trainer, module: lightning.LightningModule) -> None:
        self._budget.start_validation()

    def on_validation_end(self, trainer: lightning.Trainer, module: lightning.LightningModule) -> None:
        self._budget.end_validation()
        self._stop_if_done(trainer)  # there is no time for another one

    def _stop_if_done(self, trainer: lightning.Trainer) -> None:
        if self._budget.share(trainer.global_step) == 1:
            trainer.should_stop = True
