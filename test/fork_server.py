# SPDX-License-Identifier: Apache-2.0
"""Runs modules as `python -m` does, in processes forked from this one, which has imported torch, Lightning and rclpy.

`python fork_server.py DESCRIPTOR EXECUTABLE`: the descriptor of a listening socket, and the value of
:data:`sys.executable` in forked processes, see :mod:`forked`. One server serves all processes of pytest. It imports the
modules at the first request. When its standard input is closed, it ends together with all processes that it has forked.
"""

import atexit
import contextlib
import gc
import json
import os
import runpy
import selectors
import signal
import socket
import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from optidepthnet_ros.cli import COMMANDS

# Imported before the fork: what the programs import, including what they import late.
PRELOADED = (
    'optidepthnet_ros.training.run',
    'optidepthnet_ros.inference.runtimes',
    'torch.utils.tensorboard',
    *(f'optidepthnet_ros.cli.commands.{name.replace("-", "_")}' for name in COMMANDS),
)
WITH_ROS = ('optidepthnet_ros.ros.depth_node.node', 'optidepthnet_ros.ros.training_node.node')
REQUEST_BYTES = 1 << 20


class Server:
    """Forks a process for each connection and sends its process ID and, when it has ended, its exit status."""

    def __init__(self, listener):
        self._listener = listener
        self._selector = selectors.DefaultSelector()
        self._selector.register(sys.stdin, selectors.EVENT_READ, self._end)
        self._selector.register(listener, selectors.EVENT_READ, self._accept)
        self._running = set()

    def serve(self):
        """Return only in a forked process, with the request."""
        while True:
            for key, _ in self._selector.select():
                if request := key.data():
                    return request

    def _end(self):
        for pid in self._running:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)
        os._exit(0)

    def _accept(self):
        connection, _ = self._listener.accept()
        message, descriptors, _, _ = socket.recv_fds(connection, REQUEST_BYTES, 2)
        preload()
        pid = os.fork()
        if not pid:
            self._close(connection)
            return json.loads(message) | {'descriptors': descriptors}
        for descriptor in descriptors:
            os.close(descriptor)
        self._running.add(pid)
        connection.send(str(pid).encode())
        end = os.pidfd_open(pid)
        self._selector.register(end, selectors.EVENT_READ, lambda: self._report_exit(pid, end, connection))
        self._selector.register(connection, selectors.EVENT_READ, lambda: self._kill(pid, connection))
        return None

    def _kill(self, pid, connection):
        """Kill a process whose client has ended."""
        if pid in self._running:
            self._selector.unregister(connection)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)

    def _report_exit(self, pid, end, connection):
        self._selector.unregister(end)
        with contextlib.suppress(KeyError):
            self._selector.unregister(connection)
        os.close(end)
        self._running.remove(pid)
        status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        with connection, contextlib.suppress(BrokenPipeError):  # the client no longer waits
            connection.send(str(status).encode())

    def _close(self, connection):
        """Close everything that belongs to the server, in a forked process."""
        self._listener.close()
        self._selector.close()
        connection.close()


def preload():
    """Import the slow modules, once."""
    if gc.get_freeze_count():
        return
    os.environ['ROS_PYTHON_CHECK_FIELDS'] = '1'  # message classes read this when they are imported
    for name in PRELOADED:
        import_module(name)
    if find_spec('rclpy'):
        for name in WITH_ROS:
            import_module(name)
            del sys.modules[name]
    gc.freeze()  # garbage collection would copy the memory that the processes share


def become(request, executable):
    """Take over the arguments, environment, path and outputs of the request."""
    os.setsid()
    sys.executable = executable
    os.environ.clear()
    os.environ.update(request['environment'])
    sys.path[:] = request['path']
    sys.argv[1:] = request['arguments']
    with Path(os.devnull).open() as nothing:
        os.dup2(nothing.fileno(), 0)
    for number, descriptor in enumerate(request['descriptors'], 1):
        os.dup2(descriptor, number)
        os.close(descriptor)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(line_buffering=True)


class Exit:
    """Ends a process right after its `atexit` handlers: shutting torch down would take another half second."""

    def __init__(self):
        self._status = 1
        atexit.register(self._leave)  # registered first, so called last

    def run(self, module):
        """Run a module as `python -m` does."""
        try:
            runpy.run_module(module, run_name='__main__', alter_sys=True)
            self._status = 0
        except SystemExit as end:
            self._status = end.code if isinstance(end.code, int) else int(end.code is not None)
            raise

    def _leave(self):
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        os._exit(self._status)


if __name__ == '__main__':
    ending = Exit()
    descriptor, executable = sys.argv[1:]
    request = Server(socket.socket(fileno=int(descriptor))).serve()
    become(request, executable)
    ending.run(request['module'])
