# SPDX-License-Identifier: Apache-2.0
"""Launch arguments named after a stack: their topics exist, and they report what is missing."""

import pytest

from optidepthnet_ros.ros.depth_node.obstacle_outputs import OBSTACLE_OUTPUTS, PX4_OUTPUT
from optidepthnet_ros.ros.depth_node.stacks import _REMAPPINGS, STACKS, stack_remappings


def test_each_stack_uses_a_topic_of_the_node():
    assert STACKS.keys() == _REMAPPINGS.keys()
    assert {topic for topic, _ in _REMAPPINGS.values()} <= {*OBSTACLE_OUTPUTS, PX4_OUTPUT}
    assert stack_remappings(['mavros', 'nav2_scan']) == [
        ('depth/obstacle_distance', '/mavros/obstacle/send'),
        ('depth/scan', 'scan'),
    ]


def test_px4_without_its_messages_is_refused():
    with pytest.raises(ValueError, match='px4:=true: px4_msgs is not installed'):
        stack_remappings(['px4'])
