# SPDX-License-Identifier: Apache-2.0
"""Packed samples on disk: what comes back, and what is said of pieces that were damaged."""

import numpy as np
import pytest

from optidepthnet_ros.recordings.scene import DataError
from optidepthnet_ros.training.packed.archive import PackWriter, PieceReader, read_index


def test_a_damaged_piece_is_named(tmp_path):
    with PackWriter(tmp_path) as writer:
        writer.add('room', np.zeros((48, 64), np.uint8), 50.0, [])
    (sample,) = read_index(tmp_path)
    assert PieceReader(tmp_path).image(sample).shape == (48, 64, 1)
    (piece,) = tmp_path.glob('*.bin')
    piece.write_bytes(bytes(piece.stat().st_size))
    with pytest.raises(DataError, match='000.bin: damaged at byte 0: copy the file again'):
        PieceReader(tmp_path).image(sample)
