# SPDX-License-Identifier: Apache-2.0
"""Supervises a fine-tuning: training, then comparison and promotion, each in a child process.

    FOLDER/runs/0001/   job.json, state.json, what `optidepthnet train` writes, train.log, compare.log, report.json
    FOLDER/             see store.py; .lock is held while a child runs

Everything that is needed to continue is in files, so a fine-tuning survives the process that supervises it.
"""

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from optidepthnet_ros.files.atomic import write_json
from optidepthnet_ros.files.lock import FolderLock
from optidepthnet_ros.finetuning.child import Child
from optidepthnet_ros.finetuning.job import REPORT, Job
from optidepthnet_ros.finetuning.state import State
from optidepthnet_ros.finetuning.store import ModelStore

_PROGRESS, _STATE = 'progress.json', 'state.json'


class NotNow(ValueError):
    """Something that cannot be done in the current state; the message says why."""


class Supervisor:
    """One fine-tuning at a time. :meth:`poll` must be called regularly.

    :param folder: see above; it may hold earlier runs, and the last one can be resumed
    """

    def __init__(self, folder: Path):
        self.store = ModelStore(folder)
        self.state, self.message = State.IDLE, 'nothing has been started yet'
        self._folder = folder
        self._runs = folder / 'runs'
        self._lock = FolderLock(folder)
        self._child: Child | None = None
        self._stage = State.TRAINING
        self._stopping = False
        self.run: Path | None = None
        self._look_up()

    @property
    def is_busy(self) -> bool:
        """Whether a child is running."""
        return self._child is not None

    def start(self, job: Job) -> None:
        """Start a new run.

        :raises NotNow: one is running, here or in another process
        """
        with self._alone():
            number = 1 + (int(self.run.name) if self.run else 0)
            self.run = self._runs / f'{number:04d}'
            self.run.mkdir(parents=True)
            job.save(self.run)
            self._begin(State.TRAINING)

    def resume(self) -> None:
        """Continue the last run where it was stopped, or failed.

        :raises NotNow: it is running, here or in another process, or there is nothing to continue
        """
        with self._alone():
            if not self.state.is_resumable:
                raise NotNow(f'nothing to resume: {self.state}, {self.message}')
            self._begin(self._stage)

    def stop(self) -> None:
        """Ask the child to save its state and end.

        :raises NotNow: none is running
        """
        if self._child is None:
            raise NotNow(f'nothing to stop: {self.state}, {self.message}')
        self._stopping = True
        self._child.ask_to_stop()

    def poll(self) -> bool:
        """Check on the child; return whether the state has changed."""
        if self._child is None or (status := self._child.status()) is None:
            return False
        child, self._child = self._child, None
        child.end()  # its own children may live on
        if self._stopping:
            self._enter(State.STOPPED, 'as requested; resume continues')
        elif self._stage == State.TRAINING and status == 0:
            self._compare()
        elif self._stage == State.COMPARING and status in (0, 1) and (report := self.report()):
            self._enter(*_outcome(status, Job.load(self._last_run), report['settings']))
        else:
            self._enter(State.FAILED, f'{self._stage} ended with {child.last_words()}')
        return True

    def close(self) -> None:
        """End the child, and let it save its state."""
        if self._child is not None:
            self._child.end()
            self._child = None
            self._enter(State.STOPPED, 'the node was shut down; resume continues')

    def progress(self) -> dict[str, Any]:
        """Return the progress that the training last wrote, see training/progress_file.py."""
        return _read(self.run / _PROGRESS) if self.run else {}

    def report(self) -> dict[str, Any]:
        """Return the report of the comparison, empty before there is one."""
        return _read(self.run / REPORT) if self.run else {}

    @property
    def _last_run(self) -> Path:
        assert self.run is not None  # there is one after the first start
        return self.run

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """Lock the folder against other processes while a child starts, and until :meth:`_enter` unlocks it.

        :raises NotNow: a run is in progress
        """
        if self.is_busy:
            raise NotNow(f'{self.run} is running: {self.state}; stop it first')
        if not self._lock.acquire():
            raise NotNow(f'{self._folder}: another process trains there: stop it, or give this one another folder')
        try:
            self._look_up()
            yield
        finally:
            if self._child is None:
                self._lock.release()

    def _look_up(self) -> None:
        """Pick up the last run in the state in which this process, or another one, has left it."""
        last = max(self._runs.glob('[0-9][0-9][0-9][0-9]'), default=None)
        if last is not None and last != self.run:
            self.run = last
            self._remember(last)

    def _begin(self, stage: State) -> None:
        run = self._last_run
        job = Job.load(run)
        self._stage, self._stopping = stage, False
        if stage == State.TRAINING:
            command = job.training(run, resume=(run / 'training' / 'last.ckpt').exists())
            log = run / 'train.log'
        else:
            command, log = job.comparison(run), run / 'compare.log'
            (run / REPORT).unlink(missing_ok=True)
        # The progress bar of the training is for terminals.
        self._child = Child(command, log, quiet=stage == State.TRAINING, nice=job.nice, threads=job.threads)
        self._enter(stage, f'in {run}')

    def _compare(self) -> None:
        try:
            self._begin(State.COMPARING)
        except OSError as error:
            self._enter(State.FAILED, f'the comparison cannot start: {error}')

    def _enter(self, state: State, message: str) -> None:
        self.state, self.message = state, message
        if self._child is None:
            self._lock.release()
        # On a full disk the fine-tuning is not lost: next time it is treated as interrupted.
        with contextlib.suppress(OSError):
            write_json(self._last_run / _STATE, {'state': state, 'stage': self._stage, 'message': message})

    def _remember(self, run: Path) -> None:
        """Restore the state that an earlier process has left."""
        last = _read(run / _STATE)
        self._stage = _state(last.get('stage'), State.TRAINING)
        self.state = _state(last.get('state'), State.FAILED)
        self.message = last.get('message', 'it was interrupted at its start')
        if self.state.is_busy:
            self.state, self.message = State.STOPPED, f'{self.state} was interrupted; resume continues'


def _outcome(status: int, job: Job, verdict: dict[str, Any]) -> tuple[State, str]:
    if status or job.promotion == 'never':
        return (State.REFUSED if status else State.COMPARED), verdict['reason']
    return State.PROMOTED, verdict['reason'] if verdict['better'] else f'although not better: {verdict["reason"]}'


def _state(name: object, default: State) -> State:
    return State(name) if name in list(State) else default


def _read(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text())
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}
