# SPDX-License-Identifier: Apache-2.0
"""Checkpoints come back as they were saved, and damaged or foreign ones are refused with the reason."""

import hashlib
import json
import os
import pickle
import threading
from dataclasses import replace

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import save_file

from optidepthnet_ros.checkpoints.checkpoint import Checkpoint, CheckpointError
from optidepthnet_ros.network.optidepthnet import build_network


def rewrite(source, target, state_changes=(), **metadata_changes):
    """Copy a checkpoint with some weights or metadata changed; None removes an entry."""
    with safe_open(source, framework='pt') as file:
        state = {name: file.get_tensor(name) for name in file.keys()} | dict(state_changes)  # noqa: SIM118 (safe_open is not a mapping)
        metadata = file.metadata() | metadata_changes
    save_file(
        {name: tensor for name, tensor in state.items() if tensor is not None},
        target,
        {name: text for name, text in metadata.items() if text is not None},
    )
    return target


def test_round_trip(untrained_checkpoint, checkpoint_file):
    loaded = Checkpoint.load(checkpoint_file)
    assert loaded.provenance == untrained_checkpoint.provenance
    assert loaded.digest == hashlib.sha256(checkpoint_file.read_bytes()).hexdigest()
    built = loaded.build().state_dict()
    for name, tensor in untrained_checkpoint.build().state_dict().items():
        assert torch.equal(built[name], tensor)


def test_half_precision_halves_the_file_and_passes_its_own_test(untrained_checkpoint, checkpoint_file, tmp_path):
    path = tmp_path / 'half.safetensors'
    untrained_checkpoint.save(path, half=True)
    assert path.stat().st_size < 0.52 * checkpoint_file.stat().st_size
    network = Checkpoint.load(path).build()
    assert all(tensor.dtype != torch.float16 for tensor in network.state_dict().values())


def test_saving_leaves_nothing_else_behind(untrained_checkpoint, tmp_path):
    path = tmp_path / 'model.safetensors'
    for _ in range(2):
        untrained_checkpoint.save(path)
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    'name, value, message',
    [
        ('baseline', -0.5, 'baseline is -0.5, but must be 0.001 to 100 metres'),
        ('network', 'alexnet', "network is 'alexnet', but must be one of"),
        ('baseline', True, 'baseline is True, but must be 0.001 to 100 metres'),
        ('baseline', 1e6, 'must be 0.001 to 100 metres'),
        ('baseline', 1e-300, 'must be 0.001 to 100 metres'),
        ('canonical_focal', 0, 'canonical_focal is 0, but must be 10 to 10000 pixels'),
        ('canonical_width', '640', "canonical_width is '640', but must be 10 to 100000 pixels"),
        ('licence', '', "licence is '', but must be a non-empty text"),
        ('licence', 4, 'licence is 4, but must be a non-empty text'),
        ('training_data', ['KITTI'], 'training_data is .*, but must be a non-empty text'),
        ('parent', None, 'parent is None, but must be a text'),
    ],
)
def test_impossible_provenance_is_named(untrained_checkpoint, name, value, message):
    with pytest.raises(ValueError, match=message):
        replace(untrained_checkpoint.provenance, **{name: value})


def test_a_truncated_file_is_refused(checkpoint_file, tmp_path):
    path = tmp_path / 'short.safetensors'
    path.write_bytes(checkpoint_file.read_bytes()[:100_000])
    with pytest.raises(CheckpointError, match='short.safetensors: cannot be read as a safetensors file'):
        Checkpoint.load(path)


def test_a_file_is_read_once_and_the_digest_is_of_the_bytes_read(checkpoint_file, tmp_path):
    """Overwriting the file later has no effect: nothing more is read or mapped. A pipe gives each byte only once."""
    data, pipe = checkpoint_file.read_bytes(), tmp_path / 'pipe'
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(data,), daemon=True)
    writer.start()
    assert Checkpoint.load(pipe).digest == hashlib.sha256(data).hexdigest()


def test_a_file_that_is_too_large_is_not_read(tmp_path):
    path = tmp_path / 'recording.mcap'
    path.touch()
    os.truncate(path, 3 * 10**12)  # a sparse file takes no disk space
    with pytest.raises(CheckpointError, match='recording.mcap: cannot be read .*3000.0 GB is too large for a'):
        Checkpoint.load(path)


def test_a_self_test_that_expects_only_free_space_is_refused(checkpoint_file, tmp_path):
    test = json.dumps({'seed': 0, 'expected': [0.0] * 32})
    path = rewrite(checkpoint_file, tmp_path / 'model.safetensors', self_test=test)
    with pytest.raises(CheckpointError, match='expects no disparity, which would mean nothing but free space'):
        Checkpoint.load(path)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(CheckpointError, match='none.safetensors: cannot be read'):
        Checkpoint.load(tmp_path / 'none.safetensors')


def test_a_pickle_is_refused_and_never_executed(tmp_path):
    path, witness = tmp_path / 'model.safetensors', tmp_path / 'executed'
    path.write_bytes(pickle.dumps(_Bomb(str(witness))))
    with pytest.raises(CheckpointError, match='cannot be read as a safetensors file'):
        Checkpoint.load(path)
    assert not witness.exists()


def test_foreign_weights_without_header_are_refused(tmp_path):
    path = tmp_path / 'foreign.safetensors'
    save_file({'weight': torch.zeros(3)}, path)
    with pytest.raises(CheckpointError, match="its format is None, not 'optidepthnet-2'"):
        Checkpoint.load(path)


def test_a_header_without_baseline_is_refused(checkpoint_file, untrained_checkpoint, tmp_path):
    content = {name: value for name, value in vars(untrained_checkpoint.provenance).items() if name != 'baseline'}
    path = rewrite(checkpoint_file, tmp_path / 'model.safetensors', provenance=json.dumps(content))
    with pytest.raises(CheckpointError, match='the header lacks baseline'):
        Checkpoint.load(path)


def test_a_header_without_self_test_is_refused(checkpoint_file, tmp_path):
    path = rewrite(checkpoint_file, tmp_path / 'model.safetensors', self_test=None)
    with pytest.raises(CheckpointError, match="the header lacks 'self_test'"):
        Checkpoint.load(path)


def test_weights_of_another_network_are_refused(checkpoint_file, tmp_path):
    other = build_network('dnano', norm='none').state_dict()
    missing = dict.fromkeys(Checkpoint.load(checkpoint_file).state.keys() - other.keys())
    path = rewrite(checkpoint_file, tmp_path / 'model.safetensors', missing)
    with pytest.raises(CheckpointError, match="weights are not those of network 'dnano'.* the first is '"):
        Checkpoint.load(path)


def test_one_changed_weight_fails_the_self_test(checkpoint_file, tmp_path):
    name = 'decoder.heads.2.conv.conv.bias'
    bias = torch.tensor(Checkpoint.read(checkpoint_file).state[name])
    path = rewrite(checkpoint_file, tmp_path / 'model.safetensors', {name: bias + 0.1})
    with pytest.raises(CheckpointError, match='self-test is off by'):
        Checkpoint.load(path)


class _Bomb:
    def __init__(self, witness):
        self._witness = witness

    def __reduce__(self):
        return open, (self._witness, 'w')
