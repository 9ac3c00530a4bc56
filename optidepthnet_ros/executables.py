# SPDX-License-Identifier: Apache-2.0
"""The nodes' commands, which end cleanly on a signal from the beginning: importing ROS takes seconds."""

import os
import signal

from optidepthnet_ros.ros.support.fast_dds import use_profile


def depth_node() -> int:
    """Run the depth node; return the exit status."""
    _end_on_signals()
    use_profile()
    from optidepthnet_ros.ros.depth_node.node import main

    return main()


def training_node() -> int:
    """Run the training node; return the exit status."""
    _end_on_signals()
    use_profile()
    from optidepthnet_ros.ros.training_node.node import main

    return main()


def camera_replay() -> int:
    """Run the node that shows a folder of frames as a camera; return the exit status."""
    _end_on_signals()
    use_profile()
    from optidepthnet_ros.demo.nodes.camera_replay import main

    return main()


def _end_on_signals() -> None:
    """Until the node handles them itself: nothing has begun that would have to be undone."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: os._exit(0))
