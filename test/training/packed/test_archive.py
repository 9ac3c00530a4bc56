# SPDX-License-Identifier: Apache-2.0
"""Packed samples on disk are read back, and damaged pieces are named."""

import numpy as np
import pytest

from optidepthnet_ros.recordings.scene import DataError
from optidepthnet_ros.training.packed.archive import INDEX, PackWriter, PieceReader, read_index


@pytest.fixture
def folder(tmp_path):
    with PackWriter(tmp_path) as writer:
        writer.add('room', np.zeros((48, 64), np.uint8), 50.0, [])
    return tmp_path


@pytest.mark.parametrize('kept', ['zeros', 'half', 'nothing', 'no file'])
def test_a_damaged_piece_is_named(folder, kept):
    (sample,) = read_index(folder)
    assert PieceReader(folder).image(sample).shape == (48, 64, 1)
    (piece,) = folder.glob('*.bin')
    data = piece.read_bytes()
    piece.unlink()
    if kept != 'no file':
        piece.write_bytes({'zeros': bytes(len(data)), 'half': data[: len(data) // 2], 'nothing': b''}[kept])
    with pytest.raises(DataError, match='000.bin: missing or damaged at byte 0: copy the file again'):
        PieceReader(folder).image(sample)


@pytest.mark.parametrize(
    'text, message', [('[]', 'lists no samples'), ('', 'damaged'), ('[{"scene": "x"}]', 'damaged')]
)
def test_an_invalid_index_is_named(folder, text, message):
    (folder / INDEX).write_text(text)
    with pytest.raises(DataError, match=f'index.json: {message}'):
        read_index(folder)
