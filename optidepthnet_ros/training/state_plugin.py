# SPDX-License-Identifier: Apache-2.0
"""Lets Lightning write its states as :mod:`~.state_file` does."""

from pathlib import Path
from typing import Any

from lightning.fabric.plugins import TorchCheckpointIO

from optidepthnet_ros.training.state_file import save_state


class StatePlugin(TorchCheckpointIO):
    """Replaces that of Lightning, which copies from the folder for temporary files: a copy may be incomplete."""

    def save_checkpoint(self, checkpoint: dict[str, Any], path: str | Path, storage_options: Any | None = None) -> None:
        save_state(checkpoint, Path(path))
