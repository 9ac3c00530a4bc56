# SPDX-License-Identifier: Apache-2.0
"""Warns of parameters that were given to a node but do not exist: otherwise a typing error would go unnoticed."""

from rclpy.node import Node

from optidepthnet_ros.ros.support.similar_names import did_you_mean


def warn_of_unknown_parameters(node: Node, *, of_topics: bool) -> None:
    """Log the parameters that were given, in a file or as arguments, but that the node has not declared.

    :param of_topics: only parameters that override QoS, which are declared with their topics; otherwise all others
    """
    # rclpy has no public way to get the given values.
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
