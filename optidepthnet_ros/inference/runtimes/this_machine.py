# SPDX-License-Identifier: Apache-2.0
"""What decides whether something that was measured or made before still holds: the processor, and the software."""

import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from optidepthnet_ros.files.share import PACKAGE


def machine() -> str:
    """Name the processor."""
    try:
        lines = Path('/proc/cpuinfo').read_text().splitlines()
    except OSError:
        lines = []
    names = [line.partition(':')[2].strip() for line in lines if line.startswith('model name')]
    return names[0] if names else f'{platform.machine()} {platform.processor()}'.strip()


def versions() -> dict[str, str]:
    """Return the installed version of this package and of each library that runs networks."""
    found = {}
    for name in (PACKAGE, 'torch', 'openvino', 'onnxruntime', 'onnxruntime-gpu'):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
