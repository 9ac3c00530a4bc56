# SPDX-License-Identifier: Apache-2.0
"""Two nodes that use the same folder do not train in it at the same time."""

import pytest

from optidepthnet_ros.files.lock import FolderLock
from optidepthnet_ros.finetuning.state import State
from optidepthnet_ros.finetuning.supervisor import NotNow, Supervisor


def test_a_lock_is_held_by_one_until_it_is_released(tmp_path):
    one, other = FolderLock(tmp_path / 'new'), FolderLock(tmp_path / 'new')
    assert one.acquire() and one.acquire() and not other.acquire()
    one.release()
    assert other.acquire() and not one.acquire()


def test_a_second_supervisor_neither_starts_nor_resumes_while_the_first_trains(empty_job, tmp_path):
    one = Supervisor(tmp_path)
    try:
        one.start(empty_job)
        other = Supervisor(tmp_path)
        for begin in (lambda: other.start(empty_job), other.resume):
            with pytest.raises(NotNow, match='another process trains there'):
                begin()
        assert not other.is_busy
    finally:
        one.close()
    assert one.state == State.STOPPED
    other.start(empty_job)
    other.close()
    assert other.run.name == '0002'
    with pytest.raises(NotNow, match='nothing to stop'):
        other.stop()
    one.resume()  # the run that the other one left
    assert one.run.name == '0002'
    one.close()
