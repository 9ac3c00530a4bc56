# SPDX-License-Identifier: Apache-2.0
"""Types: mypy, strict, with the settings of pyproject.toml. Its cache makes all runs but the first fast."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.long
def test_mypy_has_no_complaint():
    pytest.importorskip('mypy')
    result = subprocess.run([sys.executable, '-m', 'mypy'], cwd=ROOT, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr
