# SPDX-License-Identifier: Apache-2.0
"""Start of a node's command. Does not import ROS, which takes seconds."""

import os
import signal

from optidepthnet_ros.ros.support.fast_dds import use_profile


def begin() -> None:
    """Let signals end the process cleanly until its node handles them, and make Fast DDS use the shipped profile."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: os._exit(0))  # nothing has been started that needs clean-up
    use_profile()
