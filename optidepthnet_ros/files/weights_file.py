# SPDX-License-Identifier: Apache-2.0
"""The text in a safetensors file, and its whole content, read once: a file may be overwritten while it is in use.

If it were mapped into memory instead, the process would be killed when the file becomes shorter.
"""

import json
from pathlib import Path
from typing import Any

_LENGTH = 8  # bytes at the beginning that hold the length of the header
_LONGEST = 100_000_000  # bytes of a header, safetensors' own limit


def metadata_of(data: bytes) -> dict[str, Any]:
    """Return the texts that are stored with the weights.

    :param data: the content of the file, or its beginning
    :raises ValueError: not a safetensors file; the message says why
    """
    length = int.from_bytes(data[:_LENGTH], 'little')
    header = data[_LENGTH : _LENGTH + length]
    if len(data) < _LENGTH or len(header) < length:
        raise ValueError('its header is cut short')
    content = json.loads(header)
    texts = content.get('__metadata__', {}) if isinstance(content, dict) else None
    if not isinstance(texts, dict):
        raise ValueError('its header is not a JSON object')
    return texts


def read_metadata(path: Path) -> dict[str, Any]:
    """Return the texts of a file, without its weights.

    :raises OSError: it cannot be read
    :raises ValueError: as :func:`metadata_of`
    """
    with path.open('rb') as file:
        beginning = file.read(_LENGTH)
        return metadata_of(beginning + file.read(min(int.from_bytes(beginning, 'little'), _LONGEST)))
