# SPDX-License-Identifier: Apache-2.0
"""Runs a command of this package as a user does."""

import subprocess
import sys


def optidepthnet(*arguments: str) -> None:
    """Run `optidepthnet ARGUMENTS` in a process of its own; end this one if it fails."""
    if status := subprocess.run([sys.executable, '-m', 'optidepthnet_ros.cli', *arguments]).returncode:
        raise SystemExit(status)
