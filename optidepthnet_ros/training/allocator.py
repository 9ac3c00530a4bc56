# SPDX-License-Identifier: Apache-2.0
"""Settings of the memory allocator of the C library, for a program that allocates a lot."""

import ctypes

# glibc's malloc.h
_TRIM_THRESHOLD, _TOP_PAD, _MMAP_THRESHOLD = -1, -2, -3


def keep_freed_memory() -> None:
    """Reuse large freed blocks instead of returning them to the system; without glibc, do nothing.

    Each training step allocates and frees the same gigabyte, whose pages the system would otherwise clear every time.
    """
    mallopt = getattr(ctypes.CDLL(None), 'mallopt', None)
    if mallopt:
        mallopt(_MMAP_THRESHOLD, 1 << 30)
        mallopt(_TRIM_THRESHOLD, (1 << 31) - 1)
        mallopt(_TOP_PAD, 1 << 26)
