# SPDX-License-Identifier: Apache-2.0
"""QoS policies of a topic that users may override with the parameters qos_overrides."""

from rclpy.impl.rcutils_logger import RcutilsLogger
from rclpy.qos import HistoryPolicy, QoSPolicyKind, QoSProfile
from rclpy.qos_overriding_options import QosCallbackResult, QoSOverridingOptions

_KINDS = (QoSPolicyKind.HISTORY, QoSPolicyKind.DEPTH, QoSPolicyKind.RELIABILITY, QoSPolicyKind.DURABILITY)


def qos_overrides(log: RcutilsLogger, topic: str) -> QoSOverridingOptions:
    """Return the options for creating a publisher or subscription; warn if its history is unlimited."""

    def check(profile: QoSProfile) -> QosCallbackResult:
        if profile.history == HistoryPolicy.KEEP_ALL:
            log.warning(
                f'{topic} has history keep_all: if messages arrive faster than they are processed, memory and latency '
                'grow; use keep_last'
            )
        return QosCallbackResult(successful=True)

    return QoSOverridingOptions(_KINDS, callback=check)
