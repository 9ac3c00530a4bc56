# SPDX-License-Identifier: Apache-2.0
"""Child processes of a demonstration: sets up their environment, and makes sure that none outlives it."""

import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path
from types import FrameType
from typing import Any

from optidepthnet_ros.ros.demo.ros_domain import RosDomain
from optidepthnet_ros.ros.support.fast_dds import profile_to_set

_PATIENCE = 5.0  # seconds for a process to end when asked to

_claimed: list[RosDomain] = []


class ChildEnded(RuntimeError):
    """A process has failed, or ended too early; the message says which, how, and its last log line."""


class Children:
    """Starts Python modules as processes; leaving the context, also by Ctrl-C or SIGTERM, ends them all.

    :param logs: folder for NAME.log, the output of each
    """

    def __init__(self, environment: dict[str, str], logs: Path):
        self._environment = environment
        self._logs = logs
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._handlers: dict[signal.Signals, Any] = {}  # as taken and returned by signal.signal

    def __enter__(self) -> 'Children':
        for number in (signal.SIGTERM, signal.SIGHUP):
            self._handlers[number] = signal.signal(number, _exit)
        return self

    def __exit__(self, *exception: object) -> None:
        # A second signal must not break into this.
        self._handlers[signal.SIGINT] = signal.getsignal(signal.SIGINT)
        for number in self._handlers:
            signal.signal(number, signal.SIG_IGN)
        try:
            self._end_all()
        finally:
            for number, handler in self._handlers.items():
                signal.signal(number, handler)

    def start(self, name: str, module: str, *arguments: str) -> subprocess.Popen[bytes]:
        """Run ``python -m module arguments`` with its output in its log."""
        return self._popen(name, module, arguments, quiet=True)

    def run(self, name: str, module: str, *arguments: str) -> None:
        """Do the same with standard output on the terminal, and return when it has ended with status 0.

        :raises ChildEnded: it failed, or another started process ended in the meantime
        """
        process = self._popen(name, module, arguments, quiet=False)
        while process.poll() is None:
            self.check(process)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(0.2)
        if process.returncode:
            raise self._ended(name)

    def check(self, awaited: subprocess.Popen[bytes] | None = None) -> None:
        """Check that all processes run, except one that may end.

        :raises ChildEnded: one of them does not run
        """
        for name, process in self._running.items():
            if process is not awaited and process.poll() is not None:
                raise self._ended(name)

    def log(self, name: str) -> Path:
        """Return the file for the output of a process."""
        return self._logs / f'{name}.log'

    def _popen(self, name: str, module: str, arguments: tuple[str, ...], quiet: bool) -> subprocess.Popen[bytes]:
        command = [sys.executable, '-m', module, *arguments]
        with self.log(name).open('wb') as log:
            process = subprocess.Popen(
                command, env=self._environment, stdin=subprocess.DEVNULL, stdout=log if quiet else None, stderr=log
            )
        self._running[name] = process
        return process

    def _ended(self, name: str) -> ChildEnded:
        status = self._running[name].returncode
        return ChildEnded(f'{name} ended with status {status}: {last_complaint(self.log(name))}')

    def _end_all(self) -> None:
        for process in self._running.values():
            process.terminate()  # not SIGINT, which a shell's background jobs inherit as ignored
        for process in self._running.values():
            try:
                process.wait(_PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def private_ros_environment() -> dict[str, str]:
    """Return this process's environment with a private ROS domain, which is claimed until this process ends."""
    _claimed.append(RosDomain())
    environment = dict(
        os.environ | profile_to_set(),
        ROS_DOMAIN_ID=str(_claimed[-1].number),
        ROS_AUTOMATIC_DISCOVERY_RANGE='LOCALHOST',
        PYTHONUNBUFFERED='1',
    )
    environment.pop('ROS_LOCALHOST_ONLY', None)  # it would override the discovery range
    return environment


def last_complaint(log: Path) -> str:
    """Return the last warning or error in a node's log, or its last line if there is none."""
    lines = [line for line in log.read_text(errors='replace').splitlines() if line.strip()]
    complaints = [line for line in lines if line.startswith(('[WARN]', '[ERROR]', '[FATAL]'))]
    return (complaints or lines or ['nothing'])[-1].strip()


def _exit(number: int, frame: FrameType | None) -> None:
    sys.exit(128 + number)
