"""Two nodes on one folder do not train there at the same time."""

import pytest

from optidepthnet_ros.files.lock import FolderLock
from optidepthnet_ros.finetuning.job import Job
from optidepthnet_ros.finetuning.state import State
from optidepthnet_ros.finetuning.supervisor import NotNow, Supervisor


def test_a_lock_is_held_by_one_until_it_is_released(tmp_path):
    one, other = FolderLock(tmp_path / 'new'), FolderLock(tmp_path / 'new')
    assert one.acquire() and one.acquire() and not other.acquire()
    one.release()
    assert other.acquire() and not one.acquire()


def test_a_second_process_neither_starts_nor_resumes_what_is_at_work(tmp_path):
    job = Job(
        recordings=('none',),
        place='indoors',
        base='none',
        store=str(tmp_path),
        minutes=0.0,
        hold_out_tail=0.4,
        rehearsal=(),
        rehearsal_share=0.2,
        promotion='never',
        licence='test',
        nice=0,
        threads=1,
        recording_options=(),
        train_options=(),
    )
    one = Supervisor(tmp_path)
    try:
        one.start(job)
        other = Supervisor(tmp_path)
        for begin in (lambda: other.start(job), other.resume):
            with pytest.raises(NotNow, match='another process trains there'):
                begin()
        assert not other.is_busy
    finally:
        one.close()
    assert one.state == State.STOPPED
    other.start(job)
    other.close()
    assert other.run.name == '0002'
    with pytest.raises(NotNow, match='nothing to stop'):
        other.stop()
    one.resume()  # what the other has left
    assert one.run.name == '0002'
    one.close()
