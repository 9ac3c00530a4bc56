# SPDX-License-Identifier: Apache-2.0
"""What was made of a network, kept in the user's cache for the next start: few files, used only as they were written.

A compiled model in which bytes have changed may still run, and then depth may be anything. So each file begins with the
digest of the rest.
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

MOST_FILES = 32  # a zoom lens compiles for ever new sizes
_DIGEST_BYTES = hashlib.sha256().digest_size


def kept(identity: str, what: str, make: Callable[[], bytes]) -> bytes:
    """Return what ``make`` returned when it was first called for this; see :func:`recall`."""
    data = recall(identity, what)
    if data is None:
        data = make()
        keep(identity, what, data)
    return data


def recall(identity: str, what: str) -> bytes | None:
    """Return what was kept; None when there is nothing, or it is not as it was written.

    :param identity: of the network; nothing is kept of an empty one
    :param what: was made of it; versions of libraries and the processor need not be named
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
    """Write it down; where that is not possible, it is made again next time."""
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
    """Keep few; a file that another process drops meanwhile ends this, and the next one goes on."""
    for file in sorted(folder.iterdir(), key=lambda file: file.stat().st_mtime)[:-MOST_FILES]:
        file.unlink(missing_ok=True)
