# SPDX-License-Identifier: Apache-2.0
"""Writes checksums into an MCAP file, which the rosbags writer omits; its reader rejects chunks that do not match.

The format is at https://mcap.dev/spec.
"""

import struct
import zlib
from pathlib import Path
from typing import BinaryIO

_MAGIC = b'\x89MCAP0\r\n'
_CHUNK, _DATA_END = 0x06, 0x0F
_RECORD = struct.Struct('<BQ')  # opcode, bytes that follow
_BEFORE_CHECKSUM = 24  # bytes of a chunk: its times and its size
_AFTER_CHECKSUM = struct.Struct('<I')  # length of the name of the compression


def write_checksums(path: Path) -> None:
    """Write the CRC-32 of each chunk that is not compressed.

    :raises ValueError: not an MCAP file
    """
    with path.open('r+b') as file:
        if file.read(len(_MAGIC)) != _MAGIC:
            raise ValueError(f'{path}: not an MCAP file')
        while len(record := file.read(_RECORD.size)) == _RECORD.size:
            opcode, length = _RECORD.unpack(record)
            end = file.tell() + length
            if opcode == _CHUNK:
                _write_checksum(file, end)
            if opcode == _DATA_END:
                return
            file.seek(end)


def _write_checksum(file: BinaryIO, end: int) -> None:
    place = file.tell() + _BEFORE_CHECKSUM
    file.seek(place + 4)
    (name_length,) = _AFTER_CHECKSUM.unpack(file.read(_AFTER_CHECKSUM.size))
    if name_length:
        return
    file.seek(8, 1)  # skip the number of bytes: they reach to the end
    checksum = zlib.crc32(file.read(end - file.tell()))
    file.seek(place)
    file.write(struct.pack('<I', checksum))
