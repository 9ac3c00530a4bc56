# SPDX-License-Identifier: Apache-2.0
"""Lets Lightning write its states as :mod:`~.state_file` does."""

from pathlib import Path
from typing import Any

from lightning.fabric.plugins import TorchCheckpointIO

from optidepthnet_ros.training.state_file import save_state


class StatePlugin(TorchCheckpointIO):
    """Lightning's own writes into the folder for temporary files, and copies from there: a copy may end half way."""

    def save_checkpoint(self, checkpoint: dict[str, Any], path: str | Path, storage_options: Any | None = None) -> None:
        save_state(checkpoint, Path(path))
