# SPDX-License-Identifier: Apache-2.0
"""Declares and reads a node's parameters, from a dataclass as in ``parameter.py``."""

from collections.abc import Iterable
from typing import TypeVar

from rcl_interfaces.msg import FloatingPointRange, IntegerRange, ParameterDescriptor
from rclpy.node import Node
from rclpy.parameter import Parameter as RosParameter

from optidepthnet_ros.ros.support.parameter import Change, Parameter, parameters_of, ros_value, values_from

T = TypeVar('T')


def declare_parameters(node: Node, cls: type) -> None:
    """Declare all parameters. Those of type float also accept integers, at the start or later.

    :raises rclpy.exceptions.ParameterException: a value of another type or out of range; the message names it
    """
    floats = {known.name for known in parameters_of(cls) if isinstance(known.default, float)}
    # rclpy has no public way to change the given values.
    overrides = node._parameter_overrides
    overrides.update({name: _as_float(overrides[name]) for name in floats & overrides.keys()})
    for parameter in parameters_of(cls):
        node.declare_parameter(parameter.name, ros_value(parameter.default), _descriptor(parameter))
    node.add_pre_set_parameters_callback(
        lambda changes: [_as_float(change) if change.name in floats else change for change in changes]
    )


def read_parameters(node: Node, cls: type[T], changes: Iterable[RosParameter] = ()) -> T:
    """Read the node's parameters as they would be after the changes.

    :raises ValueError: as the class
    """
    values = {parameter.name: node.get_parameter(parameter.name).value for parameter in parameters_of(cls)}
    return values_from(cls, values | {change.name: change.value for change in changes})


def _as_float(given: RosParameter) -> RosParameter:
    if given.type_ != RosParameter.Type.INTEGER:
        return given
    return RosParameter(given.name, RosParameter.Type.DOUBLE, float(given.value))


def _descriptor(parameter: Parameter) -> ParameterDescriptor:
    descriptor = ParameterDescriptor(
        description=parameter.description,
        additional_constraints=parameter.constraints,
        read_only=parameter.change is Change.READ_ONLY,
    )
    if parameter.limits:
        low, high = parameter.limits
        if isinstance(parameter.default, float):
            descriptor.floating_point_range = [FloatingPointRange(from_value=float(low), to_value=float(high))]
        else:
            descriptor.integer_range = [IntegerRange(from_value=low, to_value=high, step=1)]
    return descriptor
