"""The parameters of the depth node: declaration with type, range and meaning, and validation as a set."""

from collections.abc import Iterable
from dataclasses import dataclass, fields

from rcl_interfaces.msg import FloatingPointRange, IntegerRange, ParameterDescriptor
from rclpy.node import Node
from rclpy.parameter import Parameter

from optidepthnet_ros.checkpoints.models import PLACES
from optidepthnet_ros.ros.conversions.image_message import DEPTH_ENCODINGS
from optidepthnet_ros.ros.depth_node.model_choice import ModelChoice

FAR_POINTS = ('drop', 'clear_at_max_range')
NO_HEIGHT_LIMIT = 1000.0
TRANSPORTS = ('raw', 'compressed')

_METRES = FloatingPointRange(from_value=0.0, to_value=1000.0)
_HEIGHT = FloatingPointRange(from_value=-NO_HEIGHT_LIMIT, to_value=NO_HEIGHT_LIMIT)
_SHARE = FloatingPointRange(from_value=0.0, to_value=1.0)

_FIXED = 'Read by configure; cannot be changed while the node is configured.'

_DECLARATIONS = {
    'autostart': (
        True,
        ParameterDescriptor(
            description='Configure and activate at start; otherwise wait for a lifecycle manager.', read_only=True
        ),
    ),
    'checkpoint': (
        '',
        ParameterDescriptor(
            description='A file (safetensors), or a shipped model by its name; empty: the default model. When it '
            'changes in a configured node, the other one is loaded beside the one in use and takes its place '
            'between two frames; when it is refused, the parameter goes back and diagnostics say why.'
        ),
    ),
    'place': (
        '',
        ParameterDescriptor(
            description='Where the robot drives, instead of checkpoint: road or indoors picks the model that was made '
            'for it; empty: the one that checkpoint names, else the default model. It may change as checkpoint may.',
            additional_constraints=f'One of {", ".join(PLACES)}, or empty. Only one of checkpoint and place may be set.',
        ),
    ),
    'threads': (
        0,
        ParameterDescriptor(
            description='Processor threads for the network; 0: as many as there are cores.',
            integer_range=[IntegerRange(from_value=0, to_value=1024, step=1)],
            additional_constraints=_FIXED,
        ),
    ),
    'runtime': (
        'auto',
        ParameterDescriptor(
            description='What runs the network: torch, torch-cuda, torch-compiled, openvino, openvino-bf16, onnxruntime, '
            'onnxruntime-cuda, onnxruntime-tensorrt; auto: the fastest of those installed that compute in '
            'float32, measured once on this machine and remembered.',
            additional_constraints=_FIXED,
        ),
    ),
    'output_stride': (
        1,
        ParameterDescriptor(
            description='2 stops the decoder at half resolution: faster, less sharp.',
            integer_range=[IntegerRange(from_value=1, to_value=2, step=1)],
            additional_constraints=_FIXED,
        ),
    ),
    'image_transport': (
        'raw',
        ParameterDescriptor(
            description='raw: sensor_msgs/Image on image; compressed: sensor_msgs/CompressedImage, JPEG or PNG, on '
            'image/compressed.',
            additional_constraints=f'One of {", ".join(TRANSPORTS)}. {_FIXED}',
        ),
    ),
    'rectify': (
        False,
        ParameterDescriptor(
            description='Images are as the lens shows them: rectify them here, from D, K, R and P of camera_info. Depth '
            'and depth/camera_info are then of the rectified image.'
        ),
    ),
    'max_frame_age': (
        0.0,
        ParameterDescriptor(
            description="Seconds by the node's clock from a frame's stamp until work on it begins; older frames, and "
            'frames from as far in the future, are dropped. 0: any age will do.',
            floating_point_range=[FloatingPointRange(from_value=0.0, to_value=3600.0)],
        ),
    ),
    'min_depth': (
        0.1,
        ParameterDescriptor(
            description='Nearest depth in metres; nearer pixels become -Inf (REP-117), 0 in 16UC1, no point in the cloud.',
            floating_point_range=[_METRES],
            additional_constraints='Below max_depth.',
        ),
    ),
    'max_depth': (
        80.0,
        ParameterDescriptor(
            description='Farthest depth in metres; farther pixels become +Inf (REP-117), 0 in 16UC1; for the cloud see '
            'far_points.',
            floating_point_range=[_METRES],
            additional_constraints='Above min_depth.',
        ),
    ),
    'depth_encoding': (
        '32FC1',
        ParameterDescriptor(
            description='Encoding of depth/image_rect: 32FC1 is metres, 16UC1 millimetres up to 65.535 m (REP-118).',
            additional_constraints=f'One of {", ".join(DEPTH_ENCODINGS)}.',
        ),
    ),
    'confidence_threshold': (
        0.0,
        ParameterDescriptor(
            description='Pixels with less confidence, see depth/confidence, become NaN; 0: none does.',
            floating_point_range=[_SHARE],
        ),
    ),
    'edge_filter_threshold': (
        0.1,
        ParameterDescriptor(
            description='Pixels between foreground and background become NaN when their inverse depth is off the '
            'surfaces on both sides by more than this share; 0: none does.',
            floating_point_range=[_SHARE],
        ),
    ),
    'far_points': (
        'drop',
        ParameterDescriptor(
            description='What +Inf is in depth/points: drop: no point; clear_at_max_range: a point 1 % beyond max_depth, '
            'so that a map clears space along its ray. The map must not mark at max_depth and beyond.',
            additional_constraints=f'One of {", ".join(FAR_POINTS)}.',
        ),
    ),
    'decimation': (
        1,
        ParameterDescriptor(
            description="Every so many rows and columns give points of depth/points (rtabmap_util's name).",
            integer_range=[IntegerRange(from_value=1, to_value=64, step=1)],
        ),
    ),
    'filter_nans': (
        False,
        ParameterDescriptor(
            description='Leave pixels without a point out of depth/points: its height is 1 and it is dense; otherwise it '
            "is organised like the image, with NaN (rtabmap_util's name)."
        ),
    ),
    'min_height': (
        -NO_HEIGHT_LIMIT,
        ParameterDescriptor(
            description='Lowest points of depth/points, in metres above the camera along -y of its optical frame, '
            'whatever way the camera points; -1000: no limit.',
            floating_point_range=[_HEIGHT],
            additional_constraints='Below max_height.',
        ),
    ),
    'max_height': (
        NO_HEIGHT_LIMIT,
        ParameterDescriptor(
            description='Highest points of depth/points, as min_height; 1000: no limit.',
            floating_point_range=[_HEIGHT],
            additional_constraints='Above min_height.',
        ),
    ),
    'cloud_colour': (
        True,
        ParameterDescriptor(description='Give the points of depth/points the colour of their pixel (field rgb).'),
    ),
}
_READ_BY_CONFIGURE = frozenset({'image_transport', 'output_stride', 'runtime', 'threads'})


@dataclass(frozen=True)
class Parameters:
    """One consistent set of values; what each means is said in its description.

    :raises ValueError: values that are wrong together; the message names them
    """

    autostart: bool
    checkpoint: str
    place: str
    threads: int
    runtime: str
    output_stride: int
    image_transport: str
    rectify: bool
    max_frame_age: float
    min_depth: float
    max_depth: float
    depth_encoding: str
    confidence_threshold: float
    edge_filter_threshold: float
    far_points: str
    decimation: int
    filter_nans: bool
    min_height: float
    max_height: float
    cloud_colour: bool

    @property
    def model(self) -> ModelChoice:
        """The model that is asked for."""
        return ModelChoice(self.checkpoint, self.place)

    def __post_init__(self):
        ModelChoice(self.checkpoint, self.place)
        for name, choices in (
            ('depth_encoding', DEPTH_ENCODINGS),
            ('far_points', FAR_POINTS),
            ('image_transport', TRANSPORTS),
        ):
            if getattr(self, name) not in choices:
                raise ValueError(f"{name} is '{getattr(self, name)}', but must be one of {', '.join(choices)}")
        for what in ('depth', 'height'):
            low, high = getattr(self, f'min_{what}'), getattr(self, f'max_{what}')
            if not low < high:
                raise ValueError(f'min_{what} is {low} m, but must be below max_{what}, {high} m')


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
