# SPDX-License-Identifier: Apache-2.0
"""The state of a training: written to another file and renamed, so that a full disk or crash keeps the previous one."""

import contextlib
import io
import os
import warnings
import zipfile
from pathlib import Path
from typing import Any

import torch

from optidepthnet_ros.files.atomic import flush_to_disk, replacing


def save_state(state: dict[str, Any], path: Path) -> None:
    """Write the state, and keep the previous one beside it.

    :raises OSError: it cannot be written, for example on a full disk; the existing files stay
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    content = io.BytesIO()
    torch.save(state, content)
    with replacing(path) as temporary:
        temporary.write_bytes(content.getbuffer())
        flush_to_disk(temporary)
        if path.exists():
            before = _before(path)
            before.unlink(missing_ok=True)
            with contextlib.suppress(OSError):  # some file systems have no links
                os.link(path, before)
    flush_to_disk(path.parent)


def resumable(path: Path) -> Path:
    """Return the state to continue from: this one, or the previous one if this one is damaged.

    :raises ValueError: both are damaged
    """
    for candidate in (path, _before(path)):
        if _is_whole(candidate):
            if candidate != path:
                warnings.warn(f'{path} is damaged: continues from the previous state, {candidate}', stacklevel=2)
            return candidate
    raise ValueError(f'{path}: damaged, and there is no intact previous state: start again in another folder')


def _before(path: Path) -> Path:
    return path.with_name(f'before_{path.name}')


def _is_whole(path: Path) -> bool:
    # Torch writes a zip file with checksums.
    try:
        with zipfile.ZipFile(path) as file:
            return file.testzip() is None
    except (OSError, zipfile.BadZipFile):
        return False
