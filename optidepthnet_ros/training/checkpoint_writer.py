# SPDX-License-Identifier: Apache-2.0
"""Writes the weights of a training as checkpoints, with a description of the network in the header."""

import math
import shutil
from pathlib import Path
from typing import Any

import lightning

from optidepthnet_ros.checkpoints.checkpoint import Checkpoint
from optidepthnet_ros.checkpoints.provenance import Provenance
from optidepthnet_ros.files.atomic import replacing


class CheckpointWriter(lightning.Callback):
    """Writes ``last.safetensors`` after each validation, and ``best.safetensors`` if its score is the lowest so far.

    Must come before a weight-averaging callback, so that the averaged weights are still in place.
    """

    def __init__(self, folder: Path, provenance: Provenance, *, monitor: str):
        self._folder = folder
        self._provenance = provenance
        self._monitor = monitor
        self._best = math.inf

    @property
    def best(self) -> float | None:
        """The lowest score so far, None before the first one."""
        return self._best if math.isfinite(self._best) else None

    def state_dict(self) -> dict[str, Any]:
        return {'best': self._best}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        self._best = state_dict['best']

    def on_validation_epoch_end(self, trainer: lightning.Trainer, module: lightning.LightningModule) -> None:
        if trainer.sanity_checking:
            return
        checkpoint = Checkpoint.of(self._provenance, module.get_submodule('network'))
        last = self._folder / 'last.safetensors'
        checkpoint.save(last)
        score = float(trainer.callback_metrics.get(self._monitor, math.inf))
        if score < self._best:
            self._best = score
            with replacing(self._folder / 'best.safetensors') as best:
                shutil.copyfile(last, best)
