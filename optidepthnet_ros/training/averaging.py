# SPDX-License-Identifier: Apache-2.0
"""Averages the weights over the last steps: what is validated and saved is calmer than what is stepped."""

from functools import partial

import lightning
import torch
from lightning.pytorch.callbacks import WeightAveraging
from torch.optim.swa_utils import update_bn

from optidepthnet_ros.training.packed.moving_average import decay_after


class WarmWeightAveraging(WeightAveraging):
    """An exponential moving average that forgets the random start quickly.

    Its decay grows with the steps, to ``decay`` at most: a constant one would still carry a third of the
    fresh network after 1 / (1 - decay) steps.

    :param measured: whether the batch statistics are measured with the averaged weights before each validation
        (Izmailov et al., UAI 2018): an average of statistics fits none of the weights it was made of. Without, for
        statistics that the training keeps as they are.
    """

    def __init__(self, decay: float, *, measured: bool):
        super().__init__(use_buffers=True, avg_fn=partial(_average, decay))
        self._measured = measured

    def on_validation_epoch_start(self, trainer: lightning.Trainer, module: lightning.LightningModule) -> None:
        super().on_validation_epoch_start(trainer, module)
        if self._measured and not trainer.sanity_checking:
            data = trainer.datamodule  # type: ignore[attr-defined]  # Lightning sets it and does not declare it
            update_bn(data.images_for_statistics(), module, module.device)


def _average(decay: float, averaged: torch.Tensor, current: torch.Tensor, steps: torch.Tensor | int) -> torch.Tensor:
    if not averaged.is_floating_point():  # counters of batches
        return current
    return averaged.lerp(current, 1 - decay_after(int(steps), decay))
