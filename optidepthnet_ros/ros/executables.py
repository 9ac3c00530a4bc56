# SPDX-License-Identifier: Apache-2.0
"""The nodes' commands."""

from optidepthnet_ros.ros.support.beginning import begin


def depth_node() -> int:
    """Run the depth node; return the exit status."""
    begin()
    from optidepthnet_ros.ros.depth_node.node import main

    return main()


def training_node() -> int:
    """Run the training node; return the exit status."""
    begin()
    from optidepthnet_ros.ros.training_node.node import main

    return main()
