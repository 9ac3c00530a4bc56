# SPDX-License-Identifier: Apache-2.0
"""How the C library hands out memory, where a program that allocates much can say something about it."""

import ctypes

# glibc's malloc.h
_TRIM_THRESHOLD, _TOP_PAD, _MMAP_THRESHOLD = -1, -2, -3


def keep_freed_memory() -> None:
    """Have large blocks that are freed used again, instead of returned to the system; without glibc do nothing.

    A training step allocates and frees the same gigabyte, whose pages the system would clear again each time.
    """
    mallopt = getattr(ctypes.CDLL(None), 'mallopt', None)
    if mallopt:
        mallopt(_MMAP_THRESHOLD, 1 << 30)
        mallopt(_TRIM_THRESHOLD, (1 << 31) - 1)
        mallopt(_TOP_PAD, 1 << 26)
