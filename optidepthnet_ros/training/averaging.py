# SPDX-License-Identifier: Apache-2.0
"""Averages the weights over the last steps: the validated and saved weights fluctuate less than the current ones."""

from functools import partial

import lightning
import torch
from lightning.pytorch.callbacks import WeightAveraging
from torch.optim.swa_utils import update_bn

from optidepthnet_ros.training.packed.moving_average import decay_after


class WarmWeightAveraging(WeightAveraging):
    """An exponential moving average that quickly forgets the random start.

    Its decay grows with the steps up to ``decay``: with a constant one, the average would still contain a third of the
    initial network after 1 / (1 - decay) steps.

    :param measured: whether the batch statistics are measured with the averaged weights before each validation
        (Izmailov et al., UAI 2018), because an average of statistics does not fit the averaged weights. False for
        statistics that are frozen during the training.
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
