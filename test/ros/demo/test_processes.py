# SPDX-License-Identifier: Apache-2.0
"""No child process outlives the demonstration, and one that ends early is noticed."""

import os
import signal
import subprocess
import sys

import pytest

from optidepthnet_ros.ros.demo.processes import ChildEnded, Children, last_complaint, private_ros_environment

# It prints its process id, then waits for ever on a pipe that nobody writes to.
WAITS = 'import os; print(os.getpid(), flush=True); os.read(os.pipe()[0], 1)'
FAILS = 'import sys; print("out of film", file=sys.stderr); sys.exit(7)'
SUCCEEDS = 'pass'
# A background job of a shell starts with SIGINT ignored, and these tests may run in one.
PARENT = """
from pathlib import Path; import os, signal, sys
from optidepthnet_ros.ros.demo.processes import Children
signal.signal(signal.SIGINT, signal.default_int_handler)
with Children(dict(os.environ), Path(sys.argv[1])) as children:
    children.run("child", "waits")
"""


@pytest.fixture
def children(tmp_path):
    """Return an object that starts the modules ``waits``, ``fails`` and ``succeeds``."""
    for name, code in (('waits', WAITS), ('fails', FAILS), ('succeeds', SUCCEEDS)):
        (tmp_path / f'{name}.py').write_text(code)
    return Children(dict(os.environ, PYTHONPATH=str(tmp_path)), tmp_path)


def test_leaving_the_context_ends_running_children(children):
    with children:
        process = children.start('node', 'waits')
        children.run('recorder', 'succeeds')
        assert process.poll() is None
    assert process.returncode is not None


def test_failure_of_the_awaited_process_is_reported(children):
    with children, pytest.raises(ChildEnded, match='recorder ended with status 7: out of film'):
        children.run('recorder', 'fails')


def test_early_end_of_another_process_ends_the_wait(children):
    with children:
        children.start('node', 'fails')
        with pytest.raises(ChildEnded, match='node ended with status 7: out of film'):
            children.run('recorder', 'waits')


@pytest.mark.parametrize('number', [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_signal_to_the_parent_ends_its_child(children, tmp_path, number):
    with subprocess.Popen(
        [sys.executable, '-c', PARENT, str(tmp_path)],
        stdout=subprocess.PIPE,
        text=True,
        stderr=subprocess.DEVNULL,
        env=dict(os.environ, PYTHONPATH=_paths(tmp_path)),
    ) as parent:
        try:
            child = int(parent.stdout.readline())
            parent.send_signal(number)
            assert parent.wait(600) != 0
        finally:
            parent.kill()
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)


def test_environment_is_private_but_keeps_the_users_profile(monkeypatch):
    monkeypatch.setenv('ROS_LOCALHOST_ONLY', '0')
    monkeypatch.setenv('FASTRTPS_DEFAULT_PROFILES_FILE', '/their/own.xml')
    monkeypatch.delenv('FASTDDS_DEFAULT_PROFILES_FILE', raising=False)
    environment = private_ros_environment()
    assert 1 <= int(environment['ROS_DOMAIN_ID']) <= 101
    assert environment['ROS_AUTOMATIC_DISCOVERY_RANGE'] == 'LOCALHOST'
    assert 'ROS_LOCALHOST_ONLY' not in environment
    assert environment['FASTRTPS_DEFAULT_PROFILES_FILE'] == '/their/own.xml'
    assert 'FASTDDS_DEFAULT_PROFILES_FILE' not in environment


@pytest.mark.parametrize(
    'log, complaint',
    [
        ('[INFO] [1] [node]: fine\n[ERROR] [2] [node]: broken\n[INFO] [3] [node]: bye\n', '[ERROR] [2] [node]: broken'),
        ('Traceback (most recent call last):\n  File "x"\nImportError: no torch\n\n', 'ImportError: no torch'),
        ('', 'nothing'),
    ],
)
def test_last_complaint_of_a_log(tmp_path, log, complaint):
    (tmp_path / 'node.log').write_text(log)
    assert last_complaint(tmp_path / 'node.log') == complaint


def _paths(*folders):
    return os.pathsep.join([*map(str, folders), *sys.path])
