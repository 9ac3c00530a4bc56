# SPDX-License-Identifier: Apache-2.0
"""Runs modules as `python -m` does, in separate processes that need not import torch and Lightning again.

They are forked from one server, see :mod:`fork_server`. In them, :data:`sys.executable` is a program that also forks,
see :func:`main`. The other effects of a real start are tested where a test starts :data:`sys.executable`.
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
    """Start the server for this process and its child processes; return a function that ends it."""
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
    """Return the path of a program that behaves like Python, but forks, see :func:`main`."""
    return Path(os.environ[_ADDRESS]).with_name('python')


class Forked:
    """A process with the methods of :class:`subprocess.Popen` that tests use.

    :param module: what `python -m` is to run
    :param environment: all of the process's environment variables
    :param stdout: an open file with a descriptor
    :param stderr: as ``stdout``
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
        """Return the exit status, or minus the signal's number if a signal ended the process; None while it runs."""
        return self._wait(0)

    def wait(self, timeout=None):
        """Return the exit status."""
        if self._wait(timeout) is None:
            raise subprocess.TimeoutExpired(self._module, timeout)
        return self._status

    def send_signal(self, number):
        """Send a signal, unless the process has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self):
        """Kill the process."""
        self.send_signal(signal.SIGKILL)

    def _wait(self, seconds):
        if self._status is None and select.select([self._connection], [], [], seconds)[0]:
            with self._connection:
                self._status = self._receive()
        return self._status

    def _receive(self):
        return int(self._connection.recv(100))


def main():
    """Behave like Python with these arguments; run `-m` in a forked process and pass this process's signals on to it.

    Each of the two ends with the other.
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
