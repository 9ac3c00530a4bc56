# SPDX-License-Identifier: Apache-2.0
"""Catches libjpeg's reports of damage that it fills in: it writes to standard error, and still returns a picture."""

import os
import re
import threading
from collections.abc import Callable
from typing import TypeVar

Result = TypeVar('Result')

_STANDARD_ERROR = 2
_PADDING = 4  # bytes that some cameras leave before a marker; they are harmless
_DAMAGE = re.compile(r'^(?:Corrupt JPEG data|Premature end of JPEG file).*$', re.MULTILINE)
_EXTRANEOUS = re.compile(r'Corrupt JPEG data: (\d+) extraneous bytes')

_lock = threading.Lock()


def damage_heard(decode: Callable[[], Result]) -> tuple[Result, str]:
    """Return a result, and libjpeg's reports of damage in the meantime; empty: none.

    Other output to standard error in the meantime is delayed until the end.
    """
    with _lock:
        try:
            kept, heard = os.dup(_STANDARD_ERROR), os.memfd_create('standard_error')
        except (AttributeError, OSError):  # not Linux, or no standard error
            return decode(), ''
        try:
            os.dup2(heard, _STANDARD_ERROR)
            result = decode()
        finally:
            os.dup2(kept, _STANDARD_ERROR)
            text = os.pread(heard, os.lseek(heard, 0, os.SEEK_END), 0).decode(errors='replace')
            os.close(kept)
            os.close(heard)
            if others := _DAMAGE.sub('', text).strip():
                os.write(_STANDARD_ERROR, f'{others}\n'.encode())
    return result, _damage_in(text)


def _damage_in(text: str) -> str:
    for line in _DAMAGE.findall(text):
        extraneous = _EXTRANEOUS.match(line)
        if extraneous is None or int(extraneous[1]) > _PADDING:
            return str(line)
    return ''


def _forget_lock() -> None:
    global _lock
    _lock = threading.Lock()


os.register_at_fork(after_in_child=_forget_lock)  # the thread that held it does not exist in the child
