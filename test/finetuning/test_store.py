# SPDX-License-Identifier: Apache-2.0
"""Promoted checkpoints are found in one place, and their parents can be restored."""

from dataclasses import replace

import pytest

from optidepthnet_ros.checkpoints.checkpoint import Checkpoint
from optidepthnet_ros.files.atomic import sha256
from optidepthnet_ros.finetuning.store import ModelStore, StoreError


@pytest.fixture
def line(untrained_checkpoint, checkpoint_file, tmp_path):
    """Three checkpoints, each the parent of the next."""
    files = [checkpoint_file]
    for name in ('child', 'grandchild'):
        provenance = replace(untrained_checkpoint.provenance, training_data=name, parent=sha256(files[-1]))
        files.append(tmp_path / f'{name}.safetensors')
        Checkpoint(provenance, untrained_checkpoint.state).save(files[-1])
    return files


def test_promotions_are_undone_one_by_one(line, tmp_path):
    store = ModelStore(tmp_path / 'store')
    assert store.current is None
    first = store.promote(line[1], line[0])
    second = store.promote(line[2], first)
    link = tmp_path / 'store' / 'current.safetensors'
    assert store.current == second and link.read_bytes() == line[2].read_bytes()
    assert Checkpoint.load(link).provenance.parent == sha256(line[1])
    assert store.roll_back() == first == store.current
    assert store.roll_back().read_bytes() == line[0].read_bytes() == link.read_bytes()
    with pytest.raises(StoreError, match='it is the first of its line'):
        store.roll_back()
    assert sorted(path.name for path in (tmp_path / 'store').iterdir()) == ['current.safetensors', 'models']


def test_without_a_promotion_there_is_nothing_to_undo(tmp_path):
    with pytest.raises(StoreError, match='nothing was promoted yet'):
        ModelStore(tmp_path).roll_back()


def test_a_damaged_parent_is_not_put_in_use_and_a_promotion_repairs_it(line, tmp_path):
    store = ModelStore(tmp_path / 'store')
    second = store.promote(line[1], line[0])
    first = second.with_name(f'{sha256(line[0])[:16]}.safetensors')
    first.write_bytes(first.read_bytes()[:-1000])
    with pytest.raises(StoreError, match='damaged, its SHA-256 differs from its name'):
        store.roll_back()
    assert store.current == second
    store.promote(line[1], line[0])
    assert store.roll_back() == first and first.read_bytes() == line[0].read_bytes()
