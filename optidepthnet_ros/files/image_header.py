# SPDX-License-Identifier: Apache-2.0
"""The size of a JPEG or PNG image from its header, without decoding it: a small file may expand to gigabytes."""

import struct

MAX_PIXELS = 7680 * 4320  # default limit for images that are received

_PNG = b'\x89PNG\r\n\x1a\n'
_JPEG = b'\xff\xd8'
# JPEG markers: those of frames, which hold the size, and those without a length.
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_BARE = frozenset([0x01, *range(0xD0, 0xD8)])
_SCAN, _END = 0xDA, 0xD9


def encoded_size(data: bytes | memoryview) -> tuple[int, int]:
    """Return width and height of the image in a file's content.

    :raises ValueError: neither JPEG nor PNG, or without a size; the message says which
    """
    if data[: len(_PNG)] == _PNG:
        size = struct.unpack_from('>II', data, 16) if data[12:16] == b'IHDR' and len(data) >= 24 else (0, 0)
    elif data[: len(_JPEG)] == _JPEG:
        size = _jpeg_size(data)
    else:
        raise ValueError('neither JPEG nor PNG')
    if not (size[0] and size[1]):
        raise ValueError('its header has no size')
    return size[0], size[1]


def _jpeg_size(data: bytes | memoryview) -> tuple[int, int]:
    place = len(_JPEG)
    while place + 9 <= len(data) and data[place] == 0xFF:
        marker = data[place + 1]
        if marker == 0xFF:  # fill byte
            place += 1
        elif marker in _BARE:
            place += 2
        elif marker in _FRAMES:
            height, width = struct.unpack_from('>HH', data, place + 5)
            return width, height
        elif marker in (_SCAN, _END):
            break
        else:
            place += 2 + max(2, int.from_bytes(data[place + 2 : place + 4], 'big'))
    return 0, 0
