# SPDX-License-Identifier: Apache-2.0
"""A training goes on from its last whole state."""

import resource

import pytest
import torch

from optidepthnet_ros.training.state_file import resumable, save_state


@pytest.fixture
def path(tmp_path):
    """Return a state, 2, with one before it, 1."""
    path = tmp_path / 'training' / 'last.ckpt'
    for number in (0, 1, 2):
        save_state({'step': number, 'weights': torch.zeros(1000)}, path)
    return path


def step(path):
    return torch.load(resumable(path))['step']


def test_a_full_disk_leaves_what_is_there(path):
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limits[1]))
    try:
        with pytest.raises(OSError, match='too large'):
            save_state({'step': 3, 'weights': torch.zeros(1000)}, path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert step(path) == 2 and len(list(path.parent.iterdir())) == 2


def test_from_a_damaged_state_the_one_before_is_gone_back_to(path):
    path.write_bytes(path.read_bytes()[:3000])
    with pytest.warns(UserWarning, match='last.ckpt is damaged: continues from the previous state'):
        assert step(path) == 1
    save_state({'step': 3}, path)
    assert step(path) == 3


def test_without_a_whole_state_there_is_nothing_to_go_on_from(path):
    for file in path.parent.iterdir():
        content = bytearray(file.read_bytes())
        content[2000:2010] = bytes(range(10))
        file.write_bytes(content)
    with pytest.raises(ValueError, match='damaged, and there is no intact previous state: start again'):
        resumable(path)
