"""Style, as ament's linters ask for it: flake8 on all code, PEP 257 on the package."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.parametrize(
    'linter, folders', [('flake8', ['.']), ('pydocstyle', ['optidepthnet_ros', 'launch', 'setup.py'])]
)
def test_linter_has_no_complaint(linter, folders):
    pytest.importorskip(linter)
    result = subprocess.run([sys.executable, '-m', linter, *folders], cwd=ROOT, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr
