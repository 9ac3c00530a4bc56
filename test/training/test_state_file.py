# SPDX-License-Identifier: Apache-2.0
"""A training continues from its last intact state."""

import resource

import pytest
import torch

from optidepthnet_ros.training.state_file import resumable, save_state


@pytest.fixture
def path(tmp_path):
    """Return the path of state 2, which has the previous state, 1, beside it."""
    path = tmp_path / 'training' / 'last.ckpt'
    for number in (0, 1, 2):
        save_state({'step': number, 'weights': torch.zeros(1000)}, path)
    return path


def step(path):
    return torch.load(resumable(path))['step']


def test_a_full_disk_leaves_the_saved_states_intact(path):
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limits[1]))
    try:
        with pytest.raises(OSError, match='too large'):
            save_state({'step': 3, 'weights': torch.zeros(1000)}, path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert step(path) == 2 and len(list(path.parent.iterdir())) == 2


def test_if_a_state_is_damaged_the_previous_one_is_used(path):
    path.write_bytes(path.read_bytes()[:3000])
    with pytest.warns(UserWarning, match='last.ckpt is damaged: continues from the previous state'):
        assert step(path) == 1
    save_state({'step': 3}, path)
    assert step(path) == 3


def test_without_an_intact_state_nothing_can_be_resumed(path):
    for file in path.parent.iterdir():
        content = bytearray(file.read_bytes())
        content[2000:2010] = bytes(range(10))
        file.write_bytes(content)
    with pytest.raises(ValueError, match='damaged, and there is no intact previous state: start again'):
        resumable(path)
