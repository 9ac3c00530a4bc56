# SPDX-License-Identifier: Apache-2.0
"""`optidepthnet train` in a separate process."""

import os
import subprocess
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryFile

from forked import Forked


class Training:
    """A process that trains on one core.

    :param options: command-line options of ``train``
    :param program: the module to run, and what comes before ``train``
    :param stdout: path of a file for its standard output
    """

    def __init__(self, *options, program=('optidepthnet_ros.cli',), stdout=os.devnull):
        module, *arguments = program
        environment = {**os.environ, 'OMP_NUM_THREADS': '1'}
        with ExitStack() as opened:
            self._errors = opened.enter_context(TemporaryFile('w+'))
            with Path(stdout).open('w') as output:
                self.process = Forked(module, [*arguments, 'train', *options], environment, output, self._errors)
            self._opened = opened.pop_all()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self._opened.close()

    def end(self):
        """Wait until the process ends; return the exit status and the error output."""
        status = self.process.wait(1800)
        self._errors.seek(0)
        return status, self._errors.read()

    def finish(self, status=0):
        """Wait until the process ends; check the exit status and return the error output."""
        ended, errors = self.end()
        assert ended == status, errors
        return errors

    def wait_for(self, path):
        """Return when the file exists; fail if the process ends first."""
        while not path.exists():
            try:
                self.process.wait(timeout=0.1)
            except subprocess.TimeoutExpired:
                continue
            raise AssertionError(self.end())
