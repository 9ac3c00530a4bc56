"""The parameters of the depth node: declaration with type, range and meaning, and validation as a set."""

from collections.abc import Iterable
from dataclasses import dataclass, fields

from rcl_interfaces.msg import FloatingPointRange, IntegerRange, ParameterDescriptor
from rclpy.node import Node
from rclpy.parameter import Parameter

from optidepthnet_ros.ros.image_message import DEPTH_ENCODINGS

_METRES = FloatingPointRange(from_value=0.0, to_value=1000.0)

_DECLARATIONS = {
    'autostart': (True, ParameterDescriptor(
        description='Configure and activate at start; otherwise wait for a lifecycle manager.', read_only=True)),
    'checkpoint': ('', ParameterDescriptor(
        description='Weights file (safetensors); empty: the one that is shipped with the package.',
        additional_constraints='Read by configure; cannot be changed while the node is configured.')),
    'threads': (0, ParameterDescriptor(
        description='Processor threads for the network; 0: as many as there are cores.',
        integer_range=[IntegerRange(from_value=0, to_value=1024, step=1)],
        additional_constraints='Read by configure; cannot be changed while the node is configured.')),
    'runtime': ('auto', ParameterDescriptor(
        description='What runs the network: torch, torch-cuda, torch-compiled, openvino, openvino-bf16, onnxruntime, '
                    'onnxruntime-cuda, onnxruntime-tensorrt; auto: the fastest of those installed that compute in '
                    'float32, measured once on this machine and remembered.',
        additional_constraints='Read by configure; cannot be changed while the node is configured.')),
    'output_stride': (1, ParameterDescriptor(
        description='2 stops the decoder at half resolution: faster, less sharp.',
        integer_range=[IntegerRange(from_value=1, to_value=2, step=1)],
        additional_constraints='Read by configure; cannot be changed while the node is configured.')),
    'min_depth': (0.1, ParameterDescriptor(
        description='Nearest depth in metres; nearer pixels become -Inf (REP-117), 0 in 16UC1, no point in the cloud.',
        floating_point_range=[_METRES], additional_constraints='Below max_depth.')),
    'max_depth': (80.0, ParameterDescriptor(
        description='Farthest depth in metres; farther pixels become +Inf (REP-117), 0 in 16UC1, no point in the '
                    'cloud.',
        floating_point_range=[_METRES], additional_constraints='Above min_depth.')),
    'depth_encoding': ('32FC1', ParameterDescriptor(
        description='Encoding of depth/image_rect: 32FC1 is metres, 16UC1 millimetres up to 65.535 m (REP-118).',
        additional_constraints=f'One of {", ".join(DEPTH_ENCODINGS)}.')),
    'cloud_colour': (True, ParameterDescriptor(
        description='Give the points of depth/points the colour of their pixel (field rgb).')),
}
_READ_BY_CONFIGURE = frozenset({'checkpoint', 'output_stride', 'runtime', 'threads'})


@dataclass(frozen=True)
class Parameters:
    """One consistent set of values; what each means is said in its description.

    :raises ValueError: values that are wrong together; the message names them
    """

    autostart: bool
    checkpoint: str
    threads: int
    runtime: str
    output_stride: int
    min_depth: float
    max_depth: float
    depth_encoding: str
    cloud_colour: bool

    def __post_init__(self):
        if self.depth_encoding not in DEPTH_ENCODINGS:
            raise ValueError(f"depth_encoding is '{self.depth_encoding}', but must be one of "
                             f'{", ".join(DEPTH_ENCODINGS)}')
        if not self.min_depth < self.max_depth:
            raise ValueError(f'min_depth is {self.min_depth} m, but must be below max_depth, {self.max_depth} m')


def declare_parameters(node: Node) -> None:
    """Declare all parameters.

    :raises rclpy.exceptions.ParameterException: a given value of another type or out of range; it says which
    """
    for name, (default, descriptor) in _DECLARATIONS.items():
        node.declare_parameter(name, default, descriptor)


def read_parameters(node: Node, changes: Iterable[Parameter] = ()) -> Parameters:
    """Read the node's parameters, as they would be with the changes.

    :raises ValueError: as :class:`Parameters`
    """
    values = {field.name: node.get_parameter(field.name).value for field in fields(Parameters)}
    values.update((change.name, change.value) for change in changes if change.name in values)
    return Parameters(**values)


def needs_configure(changes: Iterable[Parameter]) -> list[str]:
    """Name those of the changed parameters that only configure reads."""
    return [change.name for change in changes if change.name in _READ_BY_CONFIGURE]
