"""Compiled models that OpenVINO keeps for the next start: few, and used only while they are as they were written.

OpenVINO notices that such a file was cut short, but not that bytes in it have changed, and then depth may be anything.
"""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from optidepthnet_ros.files.atomic import sha256
from optidepthnet_ros.files.cache import cache_folder

MOST_FILES = 32  # a zoom lens compiles for ever new sizes
_DIGEST = '.sha256'


@contextlib.contextmanager
def compiled_cache() -> Iterator[dict[str, str]]:
    """Yield OpenVINO's settings to compile one model with; none if the user's cache cannot be written."""
    folder = _folder()
    if folder is None:
        yield {}
        return
    with contextlib.suppress(OSError):
        _drop_damaged(folder)
    yield {'CACHE_DIR': str(folder)}
    with contextlib.suppress(OSError):
        _write_digests(folder)
        _drop_oldest(folder)


def _folder() -> Path | None:
    try:
        folder = cache_folder() / 'openvino'
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, RuntimeError):  # RuntimeError: the user has no home
        return None
    return folder if os.access(folder, os.W_OK) else None


def _drop_damaged(folder: Path) -> None:
    for file in _files(folder):
        digest = file.with_suffix(_DIGEST)
        # Without a digest: another process may just be writing it, and is not disturbed when the name goes.
        if not digest.exists() or digest.read_text() != sha256(file):
            _drop(file)


def _write_digests(folder: Path) -> None:
    for file in _files(folder):
        if not (digest := file.with_suffix(_DIGEST)).exists():
            digest.write_text(sha256(file))


def _drop_oldest(folder: Path) -> None:
    for file in sorted(_files(folder), key=lambda file: file.stat().st_mtime)[:-MOST_FILES]:
        _drop(file)


def _drop(file: Path) -> None:
    for path in (file, file.with_suffix(_DIGEST)):
        path.unlink(missing_ok=True)


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if path.suffix != _DIGEST and path.is_file()]
