# SPDX-License-Identifier: Apache-2.0
"""Processes under test and their logs."""

import contextlib
import os
import signal
import subprocess
import threading

from forked import Forked

TIMEOUT = 300  # seconds, for a busy machine; only a failing test waits that long


class Process:
    """A program on a ROS domain, in its own process group, as started from a terminal.

    :param program: what :func:`module` or :func:`command` returns
    """

    def __init__(self, program, domain_id, log_folder):
        environment = dict(os.environ, ROS_DOMAIN_ID=str(domain_id), ROS_LOG_DIR=str(log_folder), PYTHONUNBUFFERED='1')
        output, theirs = (os.fdopen(end, mode) for end, mode in zip(os.pipe(), 'rw', strict=True))
        with theirs:
            self._process = program(environment, theirs)
        self._lines = []
        self._changed = threading.Condition()
        self._reader = threading.Thread(target=self._read, args=(output,), daemon=True)
        self._reader.start()

    @property
    def log(self):
        """Everything the process has written."""
        with self._changed:
            return ''.join(self._lines)

    def wait_for_log(self, text, after=''):
        """Return when the process has written this text after the earlier log ``after``."""
        with self._changed:
            found = self._changed.wait_for(lambda: text in ''.join(self._lines)[len(after) :], TIMEOUT)
        assert found, f'{text!r} is not in the log:\n{self.log}'

    def is_alive(self):
        """Whether the process runs."""
        return self._process.poll() is None

    def signal(self, number):
        """Send a signal."""
        self._process.send_signal(number)

    def signal_group(self, number):
        """Send a signal to the process and its children, as Ctrl-C does."""
        os.killpg(self._process.pid, number)

    def wait(self):
        """Wait until the process ends and its log is complete; return the exit status."""
        status = self._process.wait(TIMEOUT)
        self._reader.join(TIMEOUT)
        return status

    def kill(self):
        """Kill the process and its children; print the log, which pytest shows if the test failed."""
        with contextlib.suppress(ProcessLookupError):
            self.signal_group(signal.SIGKILL)
        self.wait()
        print(self.log)

    def _read(self, output):
        with output:
            for line in output:
                with self._changed:
                    self._lines.append(line)
                    self._changed.notify_all()


def module(name, *arguments):
    """Return a function that starts a module with these arguments in a forked process."""
    return lambda environment, output: Forked(name, arguments, environment, output, output)


def command(*words):
    """Return a function that starts a command line in a new process."""
    return lambda environment, output: subprocess.Popen(
        words, env=environment, stdout=output, stderr=output, start_new_session=True
    )


def depth_node(*arguments):
    """Return a function that starts the depth node with these ROS arguments."""
    return module('optidepthnet_ros.ros.depth_node.node', '--ros-args', *arguments)
