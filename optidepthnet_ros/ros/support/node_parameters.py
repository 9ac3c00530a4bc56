"""The parameters of a dataclass, see ``parameter.py``, as a node declares and reads them."""

from collections.abc import Iterable
from typing import TypeVar

from rcl_interfaces.msg import FloatingPointRange, IntegerRange, ParameterDescriptor
from rclpy.node import Node
from rclpy.parameter import Parameter as RosParameter

from optidepthnet_ros.ros.support.parameter import Change, Parameter, parameters_of, ros_value, values_from

T = TypeVar('T')


def declare_parameters(node: Node, cls: type) -> None:
    """Declare all parameters.

    :raises rclpy.exceptions.ParameterException: a given value of another type or out of range; it says which
    """
    for parameter in parameters_of(cls):
        node.declare_parameter(parameter.name, ros_value(parameter.default), _descriptor(parameter))


def read_parameters(node: Node, cls: type[T], changes: Iterable[RosParameter] = ()) -> T:
    """Read the node's parameters, as they would be with the changes.

    :raises ValueError: as the class
    """
    values = {parameter.name: node.get_parameter(parameter.name).value for parameter in parameters_of(cls)}
    return values_from(cls, values | {change.name: change.value for change in changes})


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
