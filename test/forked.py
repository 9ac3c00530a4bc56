# SPDX-License-Identifier: Apache-2.0
"""Runs modules as `python -m` does, in processes of their own, which need not import torch and Lightning once more.

They are forked from a server, one for each process of pytest, that has imported them. What a start in earnest does
besides is tested where a test starts :data:`sys.executable`.
"""

import os
import runpy
import subprocess
import sys
from multiprocessing import get_context
from multiprocessing.reduction import DupFd

_CONTEXT = get_context('forkserver')
_CONTEXT.set_forkserver_preload(
    ['optidepthnet_ros.training.run', 'optidepthnet_ros.ros.depth_node.pipeline', 'optidepthnet_ros.inference.runtimes']
)


class Forked:
    """A process, with those methods of :class:`subprocess.Popen` that tests use.

    :param module: what `python -m` is to run
    :param environment: all of its environment variables
    :param stdout: where it writes, a file with a descriptor
    :param stderr: the same
    """

    def __init__(self, module, arguments, environment, stdout, stderr):
        self._process = _CONTEXT.Process(
            target=_run,
            args=(module, list(map(str, arguments)), dict(environment), _Descriptor(stdout), _Descriptor(stderr)),
        )
        self._process.start()
        self.pid = self._process.pid

    def poll(self):
        """Return the exit status, minus the signal's number after one; None while it runs."""
        return self._process.exitcode

    def wait(self, timeout=None):
        """Return the exit status."""
        self._process.join(timeout)
        if self.poll() is None:
            raise subprocess.TimeoutExpired(self._process.name, timeout)
        return self.poll()

    def send_signal(self, number):
        """Send a signal, unless the process has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self):
        """End it at once."""
        self._process.kill()


class _Descriptor:
    """Takes a file's descriptor along to the new process, where it is a number."""

    def __init__(self, file):
        self._file = file

    def __reduce__(self):
        return _received, (DupFd(self._file.fileno()),)


def _received(descriptor):
    return descriptor.detach()


def _run(module, arguments, environment, stdout, stderr):
    os.setsid()
    os.environ.clear()
    os.environ.update(environment)
    os.dup2(stdout, 1)
    os.dup2(stderr, 2)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(line_buffering=True)
    sys.argv[1:] = arguments
    runpy.run_module(module, run_name='__main__', alter_sys=True)
