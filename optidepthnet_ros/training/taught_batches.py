# SPDX-License-Identifier: Apache-2.0
"""A teacher looks at every batch first."""

from typing import Any

import lightning

from optidepthnet_ros.training.teacher import Teacher


class TaughtBatches(lightning.Callback):
    """Adds ``taught`` to each training batch: what the teacher tells of the left images.

    A callback and no part of the module, so that the teacher's weights are neither trained, averaged nor saved. It sees
    the pictures as the student does, shades included: it has learned under the same ones, and the reading processes
    need not send every picture twice.
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
