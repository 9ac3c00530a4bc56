# SPDX-License-Identifier: Apache-2.0
"""Adds the predictions of a teacher to every batch."""

from typing import Any

import lightning

from optidepthnet_ros.training.teacher import Teacher


class TaughtBatches(lightning.Callback):
    """Adds ``taught`` to each training batch: the predictions of the teacher for the left images.

    This is a callback and not part of the module, so that the weights of the teacher are not trained, averaged or
    saved. The teacher gets the same images as the student, with photometric changes: it was trained with the same ones,
    and the reading processes need not send every image twice.
    """

    def __init__(self, teacher: Teacher):
        self._teacher = teacher

    def on_fit_start(self, trainer: lightning.Trainer, module: lightning.LightningModule) -> None:
        self._teacher.to(module.device)

    def on_train_batch_start(
        self, trainer: lightning.Trainer, module: lightning.LightningModule, batch: dict[str, Any], batch_idx: int
    ) -> None:
        with trainer.precision_plugin.forward_context():
            batch['taught'] = self._teacher.predict(batch['left'])
