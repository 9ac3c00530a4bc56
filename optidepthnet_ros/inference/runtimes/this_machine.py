# SPDX-License-Identifier: Apache-2.0
"""Identifies processor and software, which decide whether earlier measurements and compiled models are still valid."""

import platform
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from optidepthnet_ros.files.share import PACKAGE


def machine() -> str:
    """Return the name of the processor."""
    return _of_processor('model name') or f'{platform.machine()} {platform.processor()}'.strip()


def instructions() -> str:
    """Return the instruction sets of the processor; virtual machines may give different processors the same name."""
    return _of_processor('flags', 'Features')


def _of_processor(*names: str) -> str:
    """Return Linux's entry for the first core under one of these names; empty: there is none."""
    try:
        lines = Path('/proc/cpuinfo').read_text().splitlines()
    except OSError:
        return ''
    return next((line.partition(':')[2].strip() for line in lines if line.startswith(names)), '')


@cache
def versions() -> dict[str, str]:
    """Return the installed version of this package and of each library that runs networks."""
    found = {}
    for name in (PACKAGE, 'torch', 'openvino', 'onnxruntime', 'onnxruntime-gpu'):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
