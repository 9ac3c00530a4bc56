# SPDX-License-Identifier: Apache-2.0
"""A child process that leaves the robot alive: behind all others in line, and the first to go when memory runs out."""

import contextlib
import os
import signal
import subprocess
import threading
from pathlib import Path

_EAGER_TO_GO = '800'  # of 1000, for the kernel's choice of what to end when memory runs out
_PATIENCE = 10.0  # seconds for a process to end when asked to
_HINTS = {int(signal.SIGKILL): ', as the kernel does when memory runs out'}


class Child:
    """Run a command in a process group of its own. It is asked to end when the parent dies.

    :param log: file for what it says
    :param quiet: only errors
    :param nice: 0 to 19
    :param threads: that numerical libraries may use
    """

    def __init__(self, command: list[str], log: Path, *, quiet: bool, nice: int, threads: int):
        self._log = log
        self._asked = False
        self._thread = threading.current_thread()
        with log.open('wb') as file:
            self._process = subprocess.Popen(
                ['setpriv', '--pdeathsig', 'TERM', 'nice', '-n', str(nice), *command],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL if quiet else file,
                stderr=file,
                env=dict(os.environ, OMP_NUM_THREADS=str(threads), PYTHONUNBUFFERED='1'),
                start_new_session=True,
            )
        with contextlib.suppress(OSError):  # it is no promise, and may have ended
            Path(f'/proc/{self._process.pid}/oom_score_adj').write_text(_EAGER_TO_GO)

    def status(self) -> int | None:
        """Return the exit status, negative for a signal; None while it runs."""
        return self._process.poll()

    def ask_to_stop(self) -> None:
        """Ask it, and not its own children, to save and end."""
        # Once: a training that is asked again does not save. And the end of the thread that made it has asked already.
        if not self._asked and self._thread.is_alive():
            self._process.terminate()
        self._asked = True

    def end(self) -> None:
        """Return when it has ended, if need be by force, with all its children."""
        self.ask_to_stop()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(_PATIENCE)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def last_words(self) -> str:
        """Return how it ended, and the last line of what it said."""
        status = self._process.returncode
        how = f'exit status {status}'
        if status < 0:
            name = next((number.name for number in signal.Signals if number == -status), f'signal {-status}')
            how = f'killed by {name}{_HINTS.get(-status, "")}'
        text = ''
        with contextlib.suppress(OSError):  # somebody may have tidied up
            text = self._log.read_text(errors='replace')
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        return f'{how}: {lines[-1]}' if lines else how
