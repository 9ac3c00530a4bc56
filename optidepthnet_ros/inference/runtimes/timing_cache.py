# SPDX-License-Identifier: Apache-2.0
"""Stores the speed of runtimes on this machine in the user's cache folder; if it is lost, they are measured again."""

import hashlib
import json
import math
import os
from pathlib import Path

from optidepthnet_ros.files.atomic import write_json
from optidepthnet_ros.files.cache import cache_folder
from optidepthnet_ros.inference.runtimes.build import Workload
from optidepthnet_ros.inference.runtimes.this_machine import instructions, machine, versions


def key(workload: Workload, names: list[str]) -> str:
    """Describe everything that decides which of the named runtimes is the fastest."""
    return json.dumps(
        {
            'machine': machine(),
            'instructions': instructions(),
            'cores': os.cpu_count(),
            'threads': workload.threads,
            'workload': workload.description,
            'runtimes': names,
            'versions': versions(),
        }
    )


def recall(key: str) -> dict[str, float] | None:
    """Return the milliseconds by runtime; None if there are none, or they cannot be read."""
    try:
        content = json.loads(_path(key).read_text())
        milliseconds = {name: float(value) for name, value in content['milliseconds'].items()}
    except (OSError, RuntimeError, ValueError, TypeError, KeyError, AttributeError):
        return None
    named = set(json.loads(key)['runtimes'])
    valid = milliseconds.keys() <= named and all(math.isfinite(value) for value in milliseconds.values())
    return milliseconds if valid else None


def keep(key: str, milliseconds: dict[str, float]) -> None:
    """Store the milliseconds; if that is not possible, they are measured again next time."""
    try:
        path = _path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        write_json(path, {'key': json.loads(key), 'milliseconds': milliseconds})
    except (OSError, RuntimeError):  # the latter for users without a home
        pass


def _path(key: str) -> Path:
    return cache_folder() / 'runtimes' / f'{hashlib.sha256(key.encode()).hexdigest()[:16]}.json'
