"""The depth node as a process of its own, with its log."""

import os
import signal
import subprocess
import sys
import threading

TIMEOUT = 60  # seconds; only a failing test waits that long


class NodeProcess:
    """Start the node on a domain; ``arguments`` are ROS arguments."""

    def __init__(self, domain_id, log_folder, *arguments):
        environment = dict(os.environ, ROS_DOMAIN_ID=str(domain_id), ROS_LOG_DIR=str(log_folder), PYTHONUNBUFFERED='1')
        self._process = subprocess.Popen(
            [sys.executable, '-m', 'optidepthnet_ros.ros.depth_node', '--ros-args', *arguments],
            env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self._lines = []
        self._changed = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def log(self):
        """Everything the process has written."""
        with self._changed:
            return ''.join(self._lines)

    def wait_for_log(self, text):
        """Return when the process has written this."""
        with self._changed:
            found = self._changed.wait_for(lambda: text in ''.join(self._lines), TIMEOUT)
        assert found, f'{text!r} is not in the log:\n{self.log}'

    def is_alive(self):
        """Whether the process runs."""
        return self._process.poll() is None

    def signal(self, number):
        """Send a signal."""
        self._process.send_signal(number)

    def wait(self):
        """Return the exit status and make the log complete."""
        status = self._process.wait(TIMEOUT)
        self._reader.join(TIMEOUT)
        return status

    def kill(self):
        """End it, whatever it does."""
        if self.is_alive():
            self.signal(signal.SIGKILL)
        self.wait()

    def _read(self):
        for line in self._process.stdout:
            with self._changed:
                self._lines.append(line)
                self._changed.notify_all()
