# SPDX-License-Identifier: Apache-2.0
"""How many processes train together: what torchrun started, or what Lightning finds."""

import os
from typing import Any

from lightning.fabric.plugins.environments.torchelastic import TorchElasticEnvironment


def started_together() -> dict[str, Any]:
    """Return ``devices`` and ``num_nodes`` for Lightning's Trainer.

    Left to itself it counts one device on a machine without GPUs, whatever torchrun says, and each process trains
    alone, over the same files as the others.
    """
    if not TorchElasticEnvironment.detect():
        return {'devices': 'auto'}
    on_each = int(os.environ['LOCAL_WORLD_SIZE'])
    return {'devices': on_each, 'num_nodes': int(os.environ['WORLD_SIZE']) // on_each}
