# SPDX-License-Identifier: Apache-2.0
"""Compiled models that OpenVINO keeps for the next start: few, and used only while they are as they were written.

OpenVINO notices that such a file was cut short, but not that bytes in it have changed, and then depth may be anything.
So each file is compared with its digest before it is used. Each model has a folder of its own, for OpenVINO does not
say which file it will take, and the digests of all of them may cost more than compiling.
"""

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator
from pathlib import Path

from optidepthnet_ros.files.atomic import sha256
from optidepthnet_ros.files.cache import cache_folder

MOST_FILES = 32  # a zoom lens compiles for ever new sizes
_BLOB, _DIGEST = '.blob', '.sha256'
_PATIENCE = 20.0  # seconds for other processes to compile; then it is done without the cache
_POLL_PERIOD = 0.05  # seconds


@contextlib.contextmanager
def compiled_cache(name: str) -> Iterator[dict[str, str]]:
    """Yield OpenVINO's settings to compile one model with; none if the user's cache cannot be written, or is busy.

    Other processes wait meanwhile: OpenVINO fails where a file vanishes that it has just seen.

    :param name: of the model's folder. OpenVINO tells models apart that share one; it only takes longer.
    """
    with contextlib.ExitStack() as stack:
        folder = _folder(name)
        if folder is None or not _lock(folder.parent, stack):
            yield {}
            return
        with contextlib.suppress(OSError):
            _drop_damaged(folder)
        yield {'CACHE_DIR': str(folder)}
        with contextlib.suppress(OSError):
            _write_digests(folder)
            _drop_oldest(folder.parent)


def _folder(name: str) -> Path | None:
    try:
        folder = cache_folder() / 'openvino' / name
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, RuntimeError):  # RuntimeError: the user has no home
        return None
    return folder if os.access(folder, os.W_OK) else None


def _lock(folder: Path, stack: contextlib.ExitStack) -> bool:
    """Hold the folder until the stack is closed; return whether that is possible."""
    try:
        file = stack.enter_context((folder / '.lock').open('wb'))
    except OSError:
        return False
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            time.sleep(_POLL_PERIOD)
        except OSError:  # a file system without locks
            return False
    return False


def _drop_damaged(folder: Path) -> None:
    for file in folder.glob(f'*{_BLOB}'):
        digest = file.with_suffix(_DIGEST)
        if not digest.exists() or digest.read_text() != sha256(file):
            _drop(file)


def _write_digests(folder: Path) -> None:
    for file in folder.glob(f'*{_BLOB}'):
        if not (digest := file.with_suffix(_DIGEST)).exists():
            digest.write_text(sha256(file))


def _drop_oldest(folder: Path) -> None:
    for file in sorted(folder.rglob(f'*{_BLOB}'), key=lambda file: file.stat().st_mtime)[:-MOST_FILES]:
        _drop(file)
        with contextlib.suppress(OSError):  # it has others
            file.parent.rmdir()


def _drop(file: Path) -> None:
    for path in (file, file.with_suffix(_DIGEST)):
        path.unlink(missing_ok=True)
