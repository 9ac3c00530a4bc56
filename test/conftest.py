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
        input_colour='gray',
        canonical_focal=240.0,
        canonical_width=640.0,
        baseline=0.24,
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
