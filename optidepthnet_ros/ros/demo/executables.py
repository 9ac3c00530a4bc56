# SPDX-License-Identifier: Apache-2.0
"""The command of the camera that publishes a folder of frames."""

from optidepthnet_ros.ros.support.beginning import begin


def camera_replay() -> int:
    """Run the node; return the exit status."""
    begin()
    from optidepthnet_ros.ros.demo.nodes.camera_replay import main

    return main()
