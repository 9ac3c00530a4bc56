# SPDX-License-Identifier: Apache-2.0
"""Runs modules as `python -m` does, in processes of their own, which need not import torch and Lightning once more.

They are forked from one server, see :mod:`fork_server`. What a start in earnest does besides is tested where a test
starts :data:`sys.executable`.
"""

import json
import os
import select
import signal
import socket
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

_ADDRESS = 'TEST_FORK_SERVER'


def start_server():
    """Start the server for this process and the processes that it starts; return what ends it."""
    folder = TemporaryDirectory()
    address = os.environ[_ADDRESS] = str(Path(folder.name) / 'socket')
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listener:
        listener.bind(address)
        listener.listen(100)
        command = [sys.executable, Path(__file__).with_name('fork_server.py'), str(listener.fileno())]
        server = subprocess.Popen(command, stdin=subprocess.PIPE, pass_fds=[listener.fileno()])

    def end():
        server.communicate()
        folder.cleanup()

    return end


class Forked:
    """A process, with those methods of :class:`subprocess.Popen` that tests use.

    :param module: what `python -m` is to run
    :param environment: all of its environment variables
    :param stdout: where it writes, a file with a descriptor
    :param stderr: the same
    """

    def __init__(self, module, arguments, environment, stdout, stderr):
        request = {
            'module': module,
            'arguments': list(map(str, arguments)),
            'environment': dict(environment),
            'path': sys.path,
        }
        self._module = module
        self._status = None
        self._connection = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._connection.connect(os.environ[_ADDRESS])
        socket.send_fds(self._connection, [json.dumps(request).encode()], [stdout.fileno(), stderr.fileno()])
        self.pid = self._receive()

    def poll(self):
        """Return the exit status, minus the signal's number after one; None while it runs."""
        return self._look(0)

    def wait(self, timeout=None):
        """Return the exit status."""
        if self._look(timeout) is None:
            raise subprocess.TimeoutExpired(self._module, timeout)
        return self._status

    def send_signal(self, number):
        """Send a signal, unless the process has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self):
        """End it at once."""
        self.send_signal(signal.SIGKILL)

    def _look(self, seconds):
        if self._status is None and select.select([self._connection], [], [], seconds)[0]:
            with self._connection:
                self._status = self._receive()
        return self._status

    def _receive(self):
        return int(self._connection.recv(100))
