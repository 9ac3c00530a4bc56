# SPDX-License-Identifier: Apache-2.0
"""Tells of parameters that were given to a node and that it does not have: a slip of the pen would else do nothing."""

from rclpy.node import Node

from optidepthnet_ros.ros.support.similar_names import did_you_mean


def warn_of_unknown_parameters(node: Node, *, of_topics: bool) -> None:
    """Log those that were given, in a file or as arguments, and that the node has not declared.

    :param of_topics: those that override QoS, which are declared with their topics; otherwise all others
    """
    # rclpy has no public way to ask what was given.
    unknown = sorted(
        name
        for name in node._parameter_overrides
        if name.startswith('qos_overrides.') == of_topics and not node.has_parameter(name)
    )
    known = node.get_parameters_by_prefix('')
    if unknown:
        descriptions = (_describe(name, did_you_mean(name, known)) for name in unknown)
        node.get_logger().warning(f'unknown parameters are ignored: {", ".join(descriptions)}')


def _describe(name: str, hint: str) -> str:
    return f"'{name}' ({hint})" if hint else f"'{name}'"
