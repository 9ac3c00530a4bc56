# SPDX-License-Identifier: Apache-2.0
"""Endpoints on the node's topics that cannot communicate with the node, because their QoS is incompatible."""

from collections.abc import Callable, Iterator
from typing import Any

from rclpy.event_handler import PublisherEventCallbacks, SubscriptionEventCallbacks
from rclpy.node import Node
from rclpy.qos import QoSCompatibility, qos_check_compatible, qos_policy_name_from_kind
from rclpy.topic_endpoint_info import TopicEndpointInfo


class Connections:
    """Logs each incompatible endpoint once, and lists those that still exist."""

    def __init__(self, node: Node):
        self._node = node
        self._topics: set[str] = set()  # with incompatible endpoints, now or earlier

    def publisher_events(self, topic: str) -> PublisherEventCallbacks:
        """Return the callbacks to create a publisher with."""
        return PublisherEventCallbacks(incompatible_qos=self._noting(topic, 'subscription'))

    def subscription_events(self, topic: str, lost: Callable[[int], None]) -> SubscriptionEventCallbacks:
        """Return the callbacks to create a subscription with.

        :param lost: called with the number of messages that were lost in transit
        """

        def note_lost(event: Any) -> None:
            lost(event.total_count_change)

        return SubscriptionEventCallbacks(incompatible_qos=self._noting(topic, 'publisher'), message_lost=note_lost)

    def problems(self) -> list[str]:
        """Describe the pairs of endpoints that cannot communicate at present."""
        return [problem for topic in sorted(self._topics) for problem in self._problems_on(topic)]

    # Events are Any: rclpy's types for them are not public.
    def _noting(self, topic: str, other: str) -> Callable[[Any], None]:
        def note(event: Any) -> None:
            name = self._node.resolve_topic_name(topic)
            self._topics.add(name)
            policy = qos_policy_name_from_kind(event.last_policy_kind)
            self._node.get_logger().warning(
                f'no messages are exchanged with a {other} on {name}: {policy} is incompatible; change its QoS, or the '
                f'QoS of depth_node with the parameter qos_overrides.{name}'
            )

        return note

    def _problems_on(self, topic: str) -> Iterator[str]:
        for publisher in self._node.get_publishers_info_by_topic(topic):
            for subscription in self._node.get_subscriptions_info_by_topic(topic):
                compatibility, reason = qos_check_compatible(publisher.qos_profile, subscription.qos_profile)
                if self._is_own(publisher) != self._is_own(subscription) and compatibility == QoSCompatibility.ERROR:
                    yield f'{topic} from {publisher.node_name} to {subscription.node_name}: {reason}'

    def _is_own(self, endpoint: TopicEndpointInfo) -> bool:
        return (endpoint.node_name, endpoint.node_namespace) == (self._node.get_name(), self._node.get_namespace())
