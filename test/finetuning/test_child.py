# SPDX-License-Identifier: Apache-2.0
"""Child processes: low priority, ended with their own children, and the last line of their output."""

import os
import select
import subprocess
import sys

import pytest

from optidepthnet_ros.finetuning.child import Child


@pytest.fixture
def run(tmp_path):
    """Return a function that starts a shell command as a child."""
    children = []

    def start(command):
        command = ['sh', '-c', f'cd {tmp_path}; {command}']
        children.append(Child(command, tmp_path / 'log', quiet=False, nice=7, threads=3))
        return children[-1]

    yield start
    for child in children:
        child.end()


def finish(child):
    child._process.wait(600)
    return child.last_words()


def test_it_has_low_priority_and_is_the_first_to_be_killed_when_memory_runs_out(run):
    child = run('until [ "$(cat /proc/$$/oom_score_adj)" = 800 ]; do :; done; echo $(nice) $OMP_NUM_THREADS')
    assert finish(child) == f'exit status 0: {min(os.nice(0) + 7, 19)} 3'


@pytest.mark.parametrize(
    'command, words',
    [
        ('echo first >&2; echo no space left >&2; exit 2', 'exit status 2: no space left'),
        ('echo step 7; kill -9 $$', 'killed by SIGKILL, as the kernel does when memory runs out: step 7'),
        ('kill -SEGV $$', 'killed by SIGSEGV'),
        ('kill -40 $$', 'killed by signal 40'),
        ('rm log', 'exit status 0'),
    ],
)
def test_its_exit_status_and_last_line_are_reported(run, command, words):
    assert finish(run(command)) == words


def test_it_can_save_and_is_ended_with_its_own_children(run, tmp_path):
    os.mkfifo(tmp_path / 'alive')
    child = run(f'trap "echo saved; exit 3" TERM; exec 3> {tmp_path / "alive"}; (trap "" TERM; sleep 1000) & wait')
    with (tmp_path / 'alive').open() as alive:
        child.end()
        assert_closed(alive)
    assert child.last_words() == 'exit status 3: saved'


def test_it_does_not_outlive_its_parent(tmp_path):
    os.mkfifo(tmp_path / 'alive')
    command = ['sh', '-c', f'exec 3> {tmp_path / "alive"}; exec sleep 1000']
    program = (
        'from pathlib import Path; from optidepthnet_ros.finetuning.child import Child\n'
        f'Child({command}, Path({str(tmp_path / "log")!r}), quiet=False, nice=0, threads=1); input()'
    )
    parent = subprocess.Popen([sys.executable, '-c', program], stdin=subprocess.PIPE)
    with (tmp_path / 'alive').open() as alive:
        parent.kill()
        parent.communicate()
        assert_closed(alive)


def assert_closed(pipe):
    """Assert that no process holds the other end open."""
    assert select.select([pipe], [], [], 600)[0] and pipe.read() == ''
