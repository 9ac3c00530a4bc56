# SPDX-License-Identifier: Apache-2.0
"""A child process that does not disturb the robot: lowest priority, and the first to be killed if memory runs out."""

import contextlib
import os
import signal
import subprocess
import threading
from pathlib import Path

_EAGER_TO_GO = '800'  # of 1000, for the kernel's choice of what to kill when memory runs out
_PATIENCE = 10.0  # seconds that a process gets to end when asked to
_HINTS = {int(signal.SIGKILL): ', as the kernel does when memory runs out'}


class Child:
    """Run a command in its own process group. It is asked to end when the parent dies.

    :param log: file for its output
    :param quiet: whether to log errors only
    :param nice: 0 to 19
    :param threads: number that numerical libraries may use
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
        with contextlib.suppress(OSError):  # this may not be permitted, and the process may have ended
            Path(f'/proc/{self._process.pid}/oom_score_adj').write_text(_EAGER_TO_GO)

    def status(self) -> int | None:
        """Return the exit status, negative for a signal; None while it runs."""
        return self._process.poll()

    def ask_to_stop(self) -> None:
        """Ask it, but not its own children, to save and end."""
        # Only once: a second request ends a training without saving. The end of the creating thread is a request, too.
        if not self._asked and self._thread.is_alive():
            self._process.terminate()
        self._asked = True

    def end(self) -> None:
        """End it with all its children, by force if necessary, and return when it has ended."""
        self.ask_to_stop()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(_PATIENCE)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def last_words(self) -> str:
        """Return how it ended, and the last line of its output."""
        status = self._process.returncode
        how = f'exit status {status}'
        if status < 0:
            name = next((number.name for number in signal.Signals if number == -status), f'signal {-status}')
            how = f'killed by {name}{_HINTS.get(-status, "")}'
        text = ''
        with contextlib.suppress(OSError):  # the file may have been deleted
            text = self._log.read_text(errors='replace')
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        return f'{how}: {lines[-1]}' if lines else how
