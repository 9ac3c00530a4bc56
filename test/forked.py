# SPDX-License-Identifier: Apache-2.0
"""Runs modules as `python -m` does, in processes of their own, which need not import torch and Lightning once more.

They are forked from one server, see :mod:`fork_server`. For them :data:`sys.executable` is a program that forks as
well, see :func:`main`. What a start in earnest does besides is tested where a test starts :data:`sys.executable`.
"""

import json
import os
import select
import shlex
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
        executable = forking_python()
        executable.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} {shlex.quote(__file__)} "$@"\n')
        executable.chmod(0o755)
        command = [sys.executable, Path(__file__).with_name('fork_server.py'), str(listener.fileno()), executable]
        server = subprocess.Popen(command, stdin=subprocess.PIPE, pass_fds=[listener.fileno()])

    def end():
        server.communicate()
        folder.cleanup()

    return end


def forking_python():
    """Return the path of a program that does what Python does, but forks, see :func:`main`."""
    return Path(os.environ[_ADDRESS]).with_name('python')


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


def main():
    """Do what Python does with these arguments; after `-m` in a forked process, which gets this one's signals.

    It ends with this one, as this one ends with it.
    """
    option, *arguments = sys.argv[1:]
    if option != '-m':
        os.execv(sys.executable, [sys.executable, option, *arguments])
    sys.path[0] = str(Path.cwd())
    process = Forked(arguments[0], arguments[1:], os.environ, sys.stdout, sys.stderr)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda number, _: os.kill(process.pid, number))
    status = process.wait()
    if status < 0:
        signal.signal(-status, signal.SIG_DFL)
        os.kill(os.getpid(), -status)
    os._exit(status)


if __name__ == '__main__':
    main()
