# SPDX-License-Identifier: Apache-2.0
"""The launch arguments for obstacle avoidance stacks. Imports neither ROS nor launch."""

from collections.abc import Iterable
from importlib.util import find_spec

# Descriptions of the arguments.
STACKS = {
    'nav2_scan': 'Publish depth/scan as scan, where Nav2 expects it; see config/nav2_depth.yaml.',
    'mavros': 'Publish depth/obstacle_distance as /mavros/obstacle/send.',
    'px4': 'Publish obstacles for PX4 as /fmu/in/obstacle_distance, regardless of the namespace; needs px4_msgs.',
}
_REMAPPINGS = {
    'nav2_scan': ('depth/scan', 'scan'),
    'mavros': ('depth/obstacle_distance', '/mavros/obstacle/send'),
    'px4': ('fmu/in/obstacle_distance', '/fmu/in/obstacle_distance'),
}


def stack_remappings(stacks: Iterable[str]) -> list[tuple[str, str]]:
    """Return the remappings for the requested stacks.

    :raises ValueError: PX4 is requested, but its messages are not installed
    """
    stacks = list(stacks)
    if 'px4' in stacks and find_spec('px4_msgs') is None:
        raise ValueError(
            'px4:=true: px4_msgs is not installed: build it in the workspace, from the branch for your PX4'
        )
    return [_REMAPPINGS[name] for name in stacks]
