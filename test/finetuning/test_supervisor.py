# SPDX-License-Identifier: Apache-2.0
"""Fine-tunings as real processes: killed, stopped, resumed, and given unusable data."""

import os
import resource
import shutil
import signal
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from forked import forking_python
from stereo_recordings import recording, wall, write_bag

from optidepthnet_ros.finetuning.supervisor import NotNow, Supervisor

pytestmark = pytest.mark.long

OPTIONS = tuple(
    '--steps 6 --batch-size 2 --windows 64x96 --proxy 1 --workers 0 --precision 32-true --validate-every 2'.split()
)


@pytest.fixture
def job(empty_job, checkpoint_file, tmp_path):
    recordings = (str(write_bag(tmp_path / 'drive', recording(6))),)
    return replace(
        empty_job, recordings=recordings, base=str(checkpoint_file), promotion='if_better', train_options=OPTIONS
    )


@pytest.fixture
def supervisor(tmp_path):
    supervisor = Supervisor(tmp_path)
    yield supervisor
    supervisor.close()


def wait(supervisor, condition=lambda: False):
    """Wait until the state changes, or the condition holds."""
    while not (supervisor.poll() or condition()):
        try:
            supervisor._child._process.wait(0.1)
        except subprocess.TimeoutExpired:
            continue


def wait_for_training_state(supervisor):
    # The file with the progress may be written slightly later than the state.
    wait(
        supervisor,
        lambda: (supervisor.run / 'training' / 'last.ckpt').exists() and supervisor.progress().get('step', 0) >= 2,
    )


def fill_the_disk(supervisor):
    """Simulate a full disk for the training: no file may grow beyond 100 kB."""
    resource.prlimit(supervisor._child._process.pid, resource.RLIMIT_FSIZE, (100_000, resource.RLIM_INFINITY))


def test_a_run_is_resumed_after_a_full_disk_a_kill_and_a_stop_and_is_judged(supervisor, job, tmp_path, monkeypatch):
    supervisor.start(job)
    with pytest.raises(NotNow, match='is running: training; stop it first'):
        supervisor.start(job)
    wait_for_training_state(supervisor)
    fill_the_disk(supervisor)
    state = (supervisor.run / 'training' / 'last.ckpt').read_bytes()
    wait(supervisor)
    assert supervisor.state == 'failed' and 'free some space, then continue with --resume' in supervisor.message
    assert (supervisor.run / 'training' / 'last.ckpt').read_bytes() == state

    supervisor.resume()
    os.killpg(supervisor._child._process.pid, signal.SIGKILL)
    wait(supervisor)
    assert supervisor.state == 'failed'
    assert 'killed by SIGKILL, as the kernel does when memory runs out' in supervisor.message

    monkeypatch.setattr(sys, 'executable', str(forking_python()))  # to save time; a real start was tested above
    successor = Supervisor(tmp_path)  # as after a reboot
    assert (successor.state, successor.message, successor.run) == ('failed', supervisor.message, supervisor.run)
    successor.resume()
    wait(successor)
    assert successor.state == 'comparing', successor.message
    successor.stop()
    wait(successor)
    assert successor.state == 'stopped'
    successor.resume()
    assert successor.state == 'comparing'
    wait(successor)
    # Two of the six pairs are held out, which is too few to judge.
    assert successor.state == 'refused' and '2 held-out frames are too few to judge' in successor.message
    assert successor.store.current is None
    with pytest.raises(NotNow, match='nothing to resume: refused'):
        successor.resume()


def misaligned(seed):
    left, right = wall(seed)
    return left, np.roll(right, 4, axis=0)


def cut_short(bag):
    (file,) = bag.glob('*.mcap')
    file.write_bytes(file.read_bytes()[:20_000])


@pytest.mark.parametrize(
    'views, damage, message',
    [
        (misaligned, lambda bag: None, 'drive: rows are offset by +4.0 px'),
        (wall, cut_short, 'mcap recover'),
        (wall, shutil.rmtree, 'no such file or folder'),
    ],
)
def test_unusable_data_is_refused_and_the_run_can_be_resumed(supervisor, job, tmp_path, views, damage, message):
    bag = write_bag(tmp_path / 'bad' / 'drive', recording(6, views=views))
    damage(bag)
    supervisor.start(replace(job, recordings=(str(bag),)))
    wait(supervisor)
    assert supervisor.state == 'failed' and message in supervisor.message
    supervisor.resume()
    assert supervisor.state == 'training'


@pytest.mark.parametrize(
    'name, content',
    [('state.json', '[]'), ('state.json', 'no json'), ('job.json', '[]'), ('job.json', '{"minutes": 3}')],
)
def test_a_damaged_run_is_reported_and_a_new_one_can_be_started(job, tmp_path, name, content):
    run = tmp_path / 'runs' / '0007'
    run.mkdir(parents=True)
    job.save(run)
    (run / name).write_text(content)
    supervisor = Supervisor(tmp_path)
    assert supervisor.state == 'failed'
    if name == 'job.json':
        with pytest.raises(ValueError, match='job.json: damaged, or written by another version'):
            supervisor.resume()
    supervisor.start(job)
    assert supervisor.run.name == '0008'
    supervisor.close()
    assert supervisor.state == 'stopped'
