# SPDX-License-Identifier: Apache-2.0
"""QoS that users override."""

import pytest
import rclpy
from rclpy.qos import DurabilityPolicy, HistoryPolicy, QoSProfile
from sensor_msgs.msg import CameraInfo

from optidepthnet_ros.ros.support.qos import qos_overrides


@pytest.mark.parametrize(
    'policy, value, expected',
    [
        ('durability', 'transient_local', DurabilityPolicy.TRANSIENT_LOCAL),
        ('history', 'keep_all', HistoryPolicy.KEEP_ALL),
    ],
)
def test_durability_can_be_overridden_and_an_unlimited_history_gives_a_warning(
    domain_id, capfd, policy, value, expected
):
    context = rclpy.Context()
    rclpy.init(context=context, domain_id=domain_id)
    override = f'qos_overrides./camera_info.subscription.{policy}:={value}'
    node = rclpy.create_node('overridden', context=context, cli_args=['--ros-args', '-p', override])
    profile = QoSProfile(depth=5)
    node.create_subscription(
        CameraInfo,
        'camera_info',
        print,
        profile,
        qos_overriding_options=qos_overrides(node.get_logger(), 'camera_info'),
    )
    assert getattr(profile, policy) == expected
    assert ('camera_info has history keep_all' in capfd.readouterr().err) == (policy == 'history')
    node.destroy_node()
    rclpy.shutdown(context=context)
