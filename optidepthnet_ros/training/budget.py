# SPDX-License-Identifier: Apache-2.0
"""When a training ends: after N steps or M minutes, whichever comes first."""

import time
from typing import Any

import lightning


class Budget(lightning.Callback):
    """Ends a training with a last validation, and tells which share of it is done, for the learning rate's schedule.

    Under a limit of time the schedule follows the clock, so that it is complete however fast the machine is, or
    however busy with other things. Time counts on where a training is resumed. Several processes go by the first
    one's clock, so that they stay at one learning rate.

    :param steps: at most
    :param seconds: at most, the last validation included, which is expected to take as long as the one before it; None
        for no limit
    """

    def __init__(self, steps: int, seconds: float | None = None):
        self._steps, self._seconds = steps, seconds
        self._earlier = 0.0  # seconds, of the runs that this one resumes
        self._start: float | None = None
        self._time_share = 0.0
        self._validation_start = 0.0
        self._last_validation = 0.0  # seconds that it took

    def share(self, step: int) -> float:
        """Return how much is done after a number of steps, 0 to 1."""
        return min(1.0, max(step / self._steps, self._time_share))

    def elapsed(self) -> float:
        """Return the seconds that were trained so far."""
        return self._earlier + (0.0 if self._start is None else time.monotonic() - self._start)

    def state_dict(self) -> dict[str, Any]:
        return {'elapsed': self.elapsed()}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        self._earlier = state_dict['elapsed']

    def on_train_start(self, trainer: lightning.Trainer, module: lightning.LightningModule) -> None:
        self._start = time.monotonic()

    def on_train_batch_end(
        self, trainer: lightning.Trainer, module: lightning.LightningModule, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        self._look_at_the_clock(trainer)
        if self.share(trainer.global_step) == 1:
            trainer.should_stop = True  # which also validates, wherever the last validation was

    def on_validation_start(self, trainer: lightning.Trainer, module: lightning.LightningModule) -> None:
        self._validation_start = time.monotonic()

    def on_validation_end(self, trainer: lightning.Trainer, module: lightning.LightningModule) -> None:
        self._last_validation = time.monotonic() - self._validation_start
        self._look_at_the_clock(trainer)

    def _look_at_the_clock(self, trainer: lightning.Trainer) -> None:
        if self._seconds is not None:
            # At least half of the time is trained, however long a validation takes.
            trained = max(self._seconds - self._last_validation, self._seconds / 2)
            share = self.elapsed() / trained
            self._time_share = trainer.strategy.broadcast(max(share, self._time_share))
