"""Turns weights in training into checkpoints: what the network saw goes into the header."""

import math
from pathlib import Path

import lightning
import numpy as np

from optidepthnet_ros.checkpoints.checkpoint import Checkpoint
from optidepthnet_ros.checkpoints.provenance import Provenance
from optidepthnet_ros.training.recordings.scene import StereoScene

RARE = 0.1  # share of the samples


def fields_of_view(scenes: list[StereoScene]) -> dict[str, tuple[float, float]]:
    """Return the angles in degrees that a training shows as a rule: those of its whole frames, but for rare ones.

    What only windows or a few frames have shown is not learned: a network that had met 4:3 in a seventh of its samples
    was a third off on 4:3 cuts of frames, and not at all when they were padded to the usual width.
    """
    weights = [len(scene) ** 0.5 for scene in scenes]  # as VariedPairs draws them
    return {
        name: _usual([getattr(scene.rig.camera, name) for scene in scenes], weights)
        for name in ('horizontal_fov', 'vertical_fov')
    }


def _usual(angles, weights):
    order = np.argsort(angles)
    shares = np.cumsum(np.take(weights, order)) / sum(weights)
    low, high = (
        math.degrees(angles[order[min(np.searchsorted(shares, share), len(order) - 1)]]) for share in (RARE, 1 - RARE)
    )
    return math.floor(10 * low) / 10, math.ceil(10 * high) / 10


class CheckpointWriter(lightning.Callback):
    """Writes ``last.safetensors`` after each validation, and ``best.safetensors`` when its score is the lowest so far.

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

    def state_dict(self):
        return {'best': self._best}

    def load_state_dict(self, state_dict) -> None:
        self._best = state_dict['best']

    def on_validation_epoch_end(self, trainer, module) -> None:
        if trainer.sanity_checking:
            return
        checkpoint = Checkpoint(self._provenance, module.network.state_dict())
        checkpoint.save(self._folder / 'last.safetensors')
        score = float(trainer.callback_metrics[self._monitor])
        if score < self._best:
            self._best = score
            checkpoint.save(self._folder / 'best.safetensors')
