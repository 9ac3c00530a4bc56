"""Turns weights in training into checkpoints: what the network saw goes into the header."""

import math
from pathlib import Path

import lightning

from optidepthnet_ros.checkpoint import Checkpoint
from optidepthnet_ros.provenance import Provenance
from optidepthnet_ros.training.augmentation import smallest_window
from optidepthnet_ros.training.stereo_data.scene import StereoScene


def fields_of_view(scenes: list[StereoScene]) -> dict[str, tuple[float, float]]:
    """Return the smallest and largest angles in degrees that a training with random windows shows."""
    cameras = [scene.rig.camera for scene in scenes]
    windows = [camera.cropped((camera.width - width) // 2, (camera.height - height) // 2, width, height)
               for camera in cameras for width, height in [smallest_window(camera.width, camera.height)]]
    return {name: (round(math.degrees(min(getattr(view, name) for view in windows)), 1),
                   round(math.degrees(max(getattr(view, name) for view in cameras)), 1))
            for name in ('horizontal_fov', 'vertical_fov')}


class CheckpointExport(lightning.Callback):
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

    def load_state_dict(self, state_dict):
        self._best = state_dict['best']

    def on_validation_epoch_end(self, trainer, module):
        if trainer.sanity_checking:
            return
        checkpoint = Checkpoint(self._provenance, module.network.state_dict())
        checkpoint.save(self._folder / 'last.safetensors')
        score = float(trainer.callback_metrics[self._monitor])
        if score < self._best:
            self._best = score
            checkpoint.save(self._folder / 'best.safetensors')
