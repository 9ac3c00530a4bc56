# SPDX-License-Identifier: Apache-2.0
"""Allows one process at a time in a folder."""

import fcntl
from pathlib import Path
from typing import BinaryIO

_NAME = '.lock'


class FolderLock:
    """A lock of a folder; the kernel releases it when the process ends, in whatever way."""

    def __init__(self, folder: Path):
        self._folder = folder
        self._file: BinaryIO | None = None

    def acquire(self) -> bool:
        """Try to take the lock; return False if another process or another lock holds it."""
        if self._file is None:
            self._folder.mkdir(parents=True, exist_ok=True)
            file = (self._folder / _NAME).open('wb')
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                file.close()
                return False
            self._file = file
        return True

    def release(self) -> None:
        """Release the lock; does nothing if it is not held."""
        if self._file is not None:
            self._file.close()
            self._file = None
