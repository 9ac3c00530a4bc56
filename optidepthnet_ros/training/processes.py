# SPDX-License-Identifier: Apache-2.0
"""How many processes train together: those that torchrun started, or those that Lightning determines."""

import os
from typing import Any

from lightning.fabric.plugins.environments.torchelastic import TorchElasticEnvironment


def started_together() -> dict[str, Any]:
    """Return ``devices`` and ``num_nodes`` for Lightning's Trainer.

    By default, the Trainer counts one device on a machine without GPUs, whatever torchrun says, and each process trains
    alone and overwrites the files of the others.
    """
    if not TorchElasticEnvironment.detect():
        return {'devices': 'auto'}
    on_each = int(os.environ['LOCAL_WORLD_SIZE'])
    return {'devices': on_each, 'num_nodes': int(os.environ['WORLD_SIZE']) // on_each}
