"""The parameters of the depth node: declaration with type, range and meaning, and validation as a set."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from difflib import get_close_matches

from rcl_interfaces.msg import FloatingPointRange, IntegerRange, ParameterDescriptor
from rclpy.node import Node
from rclpy.parameter import Parameter

from optidepthnet_ros.ros.image_message import DEPTH_ENCODINGS

TRANSPORTS = ('raw', 'compressed')
_METRES = FloatingPointRange(from_value=0.0, to_value=1000.0)

_DECLARATIONS = {
    'autostart': (True, ParameterDescriptor(
        description='Configure and activate at start; otherwise wait for a lifecycle manager.', read_only=True)),
    'checkpoint': ('', ParameterDescriptor(
        description='Weights file (safetensors); empty: the one that is shipped with the package. When it '
                    'changes in a configured node, the other one is loaded beside the one in use and takes its place '
                    'between two frames; when it is refused, the parameter goes back and diagnostics say why.')),
    'threads': (0, ParameterDescriptor(
        description='Processor threads for the network; 0: as many as there are cores.',
        integer_range=[IntegerRange(from_value=0, to_value=1024, step=1)],
        additional_constraints='Read by configure; cannot be changed while the node is configured.')),
    'image_transport': ('raw', ParameterDescriptor(
        description='raw: sensor_msgs/Image on image; compressed: sensor_msgs/CompressedImage, JPEG or PNG, on '
                    'image/compressed.',
        additional_constraints=f'One of {", ".join(TRANSPORTS)}. Read by configure; cannot be changed while the node '
                               'is configured.')),
    'rectify': (False, ParameterDescriptor(
        description='Images are as the lens shows them: rectify them here, from D, K, R and P of camera_info. Depth '
                    'and depth/camera_info are then of the rectified image.')),
    'max_frame_age': (0.0, ParameterDescriptor(
        description="Seconds by the node's clock from a frame's stamp until work on it begins; older frames, and "
                    'frames from as far in the future, are dropped. 0: any age will do.',
        floating_point_range=[FloatingPointRange(from_value=0.0, to_value=3600.0)])),
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
_READ_BY_CONFIGURE = frozenset({'image_transport', 'threads'})


@dataclass(frozen=True)
class Parameters:
    """One consistent set of values; what each means is said in its description.

    :raises ValueError: values that are wrong together; the message names them
    """

    autostart: bool
    checkpoint: str
    threads: int
    image_transport: str
    rectify: bool
    max_frame_age: float
    min_depth: float
    max_depth: float
    depth_encoding: str
    cloud_colour: bool

    def __post_init__(self):
        if self.depth_encoding not in DEPTH_ENCODINGS:
            raise ValueError(f"depth_encoding is '{self.depth_encoding}', but must be one of "
                             f'{", ".join(DEPTH_ENCODINGS)}')
        if self.image_transport not in TRANSPORTS:
            raise ValueError(f"image_transport is '{self.image_transport}', but must be one of {', '.join(TRANSPORTS)}")
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


def unknown_parameters(node: Node, *, of_topics: bool) -> list[str]:
    """Describe the parameters that were given to the node, in a file or as arguments, and that it does not have.

    :param of_topics: those that override QoS, which are declared with their topics; otherwise all others
    """
    # rclpy has no public way to ask what was given.
    unknown = sorted(name for name in node._parameter_overrides
                     if name.startswith('qos_overrides.') == of_topics and not node.has_parameter(name))
    known = node.get_parameters_by_prefix('')
    return [_describe_unknown(name, get_close_matches(name, known, n=1)) for name in unknown]


def _describe_unknown(name, similar):
    return f"'{name}'" + (f" (did you mean '{similar[0]}'?)" if similar else '')
