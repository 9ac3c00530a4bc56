# SPDX-License-Identifier: Apache-2.0
"""One process at a time in a folder."""

import fcntl
from pathlib import Path
from typing import BinaryIO

_NAME = '.lock'


class FolderLock:
    """The kernel frees it when the process ends, however it does."""

    def __init__(self, folder: Path):
        self._folder = folder
        self._file: BinaryIO | None = None

    def acquire(self) -> bool:
        """Return whether it is held now; another process, or another lock, may hold it."""
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
        """Let others in; does nothing where it is not held."""
        if self._file is not None:
            self._file.close()
            self._file = None
