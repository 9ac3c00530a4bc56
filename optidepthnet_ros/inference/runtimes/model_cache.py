# SPDX-License-Identifier: Apache-2.0
"""Compiled networks in the user's cache for the next start: a few files, used only if they are unchanged.

A compiled model in which bytes have changed may still run, with arbitrary depth. So each file begins with the digest of
the rest.
"""

import contextlib
import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path

from optidepthnet_ros.files.atomic import replacing
from optidepthnet_ros.files.cache import cache_folder
from optidepthnet_ros.inference.runtimes.this_machine import instructions, machine, versions

MOST_FILES = 32  # with a zoom lens, models for more and more sizes are compiled
_DIGEST_BYTES = hashlib.sha256().digest_size


def kept(identity: str, what: str, make: Callable[[], bytes]) -> bytes:
    """Return the result of ``make``, which is called only if the cache has none; see :func:`recall`."""
    data = recall(identity, what)
    if data is None:
        data = make()
        keep(identity, what, data)
    return data


def recall(identity: str, what: str) -> bytes | None:
    """Return the stored content; None if there is none, or if it has changed.

    :param identity: identity of the network; nothing is stored for an empty one
    :param what: what was made of the network; versions of libraries and the processor need not be named
    """
    if not identity:
        return None
    with contextlib.suppress(OSError, RuntimeError):  # the latter for users without a home
        path = _path(identity, what)
        content = path.read_bytes()
        digest, data = content[:_DIGEST_BYTES], content[_DIGEST_BYTES:]
        if digest == hashlib.sha256(data).digest():
            os.utime(path)  # used last
            return data
    return None


def keep(identity: str, what: str, data: bytes) -> None:
    """Store the content; if that is not possible, it is made again next time."""
    if not identity:
        return
    with contextlib.suppress(OSError, RuntimeError):
        path = _path(identity, what)
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path) as temporary:
            temporary.write_bytes(hashlib.sha256(data).digest() + data)
        _drop_oldest(path.parent)


def _path(identity: str, what: str) -> Path:
    key = json.dumps([identity, what, machine(), instructions(), versions()])
    return cache_folder() / 'models' / hashlib.sha256(key.encode()).hexdigest()[:32]


def _drop_oldest(folder: Path) -> None:
    """Keep few files; if another process deletes one in the meantime, this stops, and the next call continues."""
    for file in sorted(folder.iterdir(), key=lambda file: file.stat().st_mtime)[:-MOST_FILES]:
        file.unlink(missing_ok=True)
