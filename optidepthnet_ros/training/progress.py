"""The progress bar of a training: step, time left, images per second and the parts of the loss."""

import time

from lightning.pytorch.callbacks import TQDMProgressBar


class TrainingProgress(TQDMProgressBar):
    """One line; ``images/s`` is the mean since the last validation, which it leaves out."""

    def __init__(self, batch_size: int):
        super().__init__()
        self._batch_size = batch_size
        self._restart()

    def on_train_start(self, trainer, module) -> None:
        super().on_train_start(trainer, module)
        self.on_train_epoch_start(trainer, module)  # which a resumed training never comes to
        self._restart()

    def on_train_epoch_start(self, trainer, *args) -> None:
        super().on_train_epoch_start(trainer, *args)
        self.train_progress_bar.initial = trainer.global_step  # the time left rests on the steps of this start
        self.train_progress_bar.total = trainer.max_steps  # which is not known yet where a training is resumed

    def on_validation_end(self, trainer, module) -> None:
        super().on_validation_end(trainer, module)
        self._restart()

    def on_train_batch_end(self, *args) -> None:
        self._steps += 1
        super().on_train_batch_end(*args)

    def get_metrics(self, trainer, module):
        metrics = super().get_metrics(trainer, module)
        metrics.pop('v_num', None)
        seconds = time.monotonic() - self._since
        return {'images/s': f'{self._steps * self._batch_size / seconds:.1f}', **metrics}

    def _restart(self) -> None:
        self._since, self._steps = time.monotonic(), 0
