"""Checkpoints that tests share."""

import pytest

from optidepthnet_ros.checkpoints.checkpoint import Checkpoint
from optidepthnet_ros.checkpoints.provenance import Provenance
from optidepthnet_ros.network import build_network


@pytest.fixture(scope='session')
def untrained_checkpoint():
    """DVGG with fresh weights: it runs like any other and knows nothing."""
    provenance = Provenance(
        network='dvgg',
        separable_scope='all',
        norm='batch',
        input_height=128,
        input_width=256,
        input_colour='gray',
        baseline=0.5,
        horizontal_fov=(20.0, 90.0),
        vertical_fov=(15.0, 70.0),
        training_data='none: random weights',
        licence='Apache-2.0',
    )
    return Checkpoint(provenance, build_network('dvgg', norm='batch').state_dict())


@pytest.fixture(scope='session')
def checkpoint_file(untrained_checkpoint, tmp_path_factory):
    """The same in a file."""
    path = tmp_path_factory.mktemp('checkpoint') / 'untrained.safetensors'
    untrained_checkpoint.save(path)
    return path
