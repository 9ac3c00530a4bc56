# SPDX-License-Identifier: Apache-2.0
"""A short soak run: memory must not grow. Longer runs show more, see experiments/robot/soak.py."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.long

SOAK = Path(__file__).parents[3] / 'experiments' / 'robot' / 'soak.py'


def test_a_flooded_node_keeps_publishing_and_its_memory_does_not_grow(checkpoint_file):
    result = subprocess.run(
        [sys.executable, SOAK, '0.3', '--checkpoint', checkpoint_file], capture_output=True, text=True
    )
    assert 'since warm-up: memory at most' in result.stdout, result.stdout + result.stderr
    memory = float(result.stdout.split('memory at most ')[-1].split('%')[0])
    print(result.stdout)
    # On a busy machine the first seconds still warm up. One depth image kept of each published one would be far more.
    assert memory <= 6, result.stdout
