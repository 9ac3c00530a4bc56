# SPDX-License-Identifier: Apache-2.0
"""Style: ruff's rules and format, as set in pyproject.toml. Without ruff, as on a robot, nothing is checked."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.parametrize('command', ['check', 'format --check'])
def test_ruff_has_no_complaint(command):
    pytest.importorskip('ruff')
    result = subprocess.run(
        [sys.executable, '-m', 'ruff', *command.split(), '.'], cwd=ROOT, capture_output=True, text=True
    )
    assert result.returncode == 0, result.stdout + result.stderr
