# SPDX-License-Identifier: Apache-2.0
"""Saves the state of a training when it is asked to stop with Ctrl-C or SIGTERM."""

import signal
from pathlib import Path
from types import FrameType
from typing import Any

import lightning

SIGNALS = (signal.SIGINT, signal.SIGTERM)


class SaveOnSignal(lightning.Callback):
    """Finishes the current step, saves and ends the training; a second signal ends the process at once."""

    def __init__(self, state: Path):
        self._state = state
        self._previous: dict[signal.Signals, Any] = {}  # what signal.signal takes and returns
        self.received: signal.Signals | None = None

    def on_train_start(self, trainer: lightning.Trainer, module: lightning.LightningModule) -> None:
        self._previous = {number: signal.signal(number, self._ask) for number in SIGNALS}

    def on_train_batch_end(
        self, trainer: lightning.Trainer, module: lightning.LightningModule, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        # A signal may reach the processes of one training at different steps.
        if trainer.strategy.reduce_boolean_decision(self.received is not None, all=False):
            trainer.save_checkpoint(self._state)
            trainer.should_stop = True

    def on_train_end(self, trainer: lightning.Trainer, module: lightning.LightningModule) -> None:
        self._restore()

    def on_exception(
        self, trainer: lightning.Trainer, module: lightning.LightningModule, exception: BaseException
    ) -> None:
        self._restore()

    def _ask(self, number: int, frame: FrameType | None) -> None:
        self.received = signal.Signals(number)
        self._restore()

    def _restore(self) -> None:
        while self._previous:
            signal.signal(*self._previous.popitem())
