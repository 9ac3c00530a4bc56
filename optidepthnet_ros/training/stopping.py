"""Saves the state of a training when it is asked to stop: Ctrl-C, SIGTERM."""

import signal
from pathlib import Path

import lightning

SIGNALS = (signal.SIGINT, signal.SIGTERM)


class SaveOnSignal(lightning.Callback):
    """Finishes the step in work, saves and ends the training; a second signal ends the process at once."""

    def __init__(self, state: Path):
        self._state = state
        self._previous = {}
        self.received: signal.Signals | None = None

    def on_train_start(self, trainer, module) -> None:
        self._previous = {number: signal.signal(number, self._ask) for number in SIGNALS}

    def on_train_batch_end(self, trainer, module, outputs, batch, batch_idx) -> None:
        # A signal may reach the processes of one training at different steps.
        if trainer.strategy.reduce_boolean_decision(self.received is not None, all=False):
            trainer.save_checkpoint(self._state)
            trainer.should_stop = True

    def on_train_end(self, trainer, module) -> None:
        self._restore()

    def on_exception(self, trainer, module, exception) -> None:
        self._restore()

    def _ask(self, number, frame) -> None:
        self.received = signal.Signals(number)
        self._restore()

    def _restore(self) -> None:
        while self._previous:
            signal.signal(*self._previous.popitem())
