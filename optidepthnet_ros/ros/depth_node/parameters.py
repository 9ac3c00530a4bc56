# SPDX-License-Identifier: Apache-2.0
"""The parameters of the depth node: their names, types, defaults, ranges and meaning, and what holds for them together.

Imports neither ROS nor torch: launch files read it, see ``ros/support/parameter.py``.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from optidepthnet_ros.checkpoints.models import DEFAULT_MODEL, FARTHEST_KNOWN, PLACES
from optidepthnet_ros.files.image_header import MAX_PIXELS
from optidepthnet_ros.geometry.transform_text import FORM, parse_transform
from optidepthnet_ros.ros.depth_node.model_choice import ModelChoice
from optidepthnet_ros.ros.support.parameter import (
    IMAGE_TRANSPORTS,
    Change,
    Value,
    as_yaml,
    check_choices,
    parameter,
    parameters_of,
)

NO_HEIGHT_LIMIT = NO_DEPTH_LIMIT = 1000.0
SCALE_TOPICS = 'points', 'scan', 'range', 'odometry'  # sources that are messages, on topics of these names
SCALE_SOURCES = 'none', *SCALE_TOPICS, 'ground'
RELATIVE_SOURCES = 'points', 'odometry'  # that see all over the image, as scale and shift together need

# What means nothing for a network without metres and confidence, with the values that change nothing.
_NOT_OF_RELATIVE: dict[str, Value] = {
    'scale_factor': 1.0,
    'scale_shift': 0.0,
    'output_stride': 1,
    'confidence_threshold': 0.0,
    'cloud_confidence': 0.0,
    'cloud_confidence_field': False,
}


@dataclass(frozen=True)
class Parameters:
    """One consistent set of values.

    :raises ValueError: values that are wrong together; the message names them
    """

    autostart: bool = parameter(
        True, 'Configure and activate at start; false: wait for a lifecycle manager.', change=Change.READ_ONLY
    )
    checkpoint: str = parameter(
        '',
        f'Weights: a file (safetensors), or a shipped model by its name; empty: see place, else {DEFAULT_MODEL}. '
        'Or a relative network of others, FILE.onnx with its contract FILE.yaml, which needs scale_source points or '
        'odometry. '
        'When it changes in a configured node, the new one is loaded beside the one in use and replaces it between two '
        'frames; when the new one cannot be used, the parameter goes back and diagnostics say why.',
        condition='Only one of checkpoint and place may be set.',
    )
    place: str = parameter(
        '',
        f'Where the robot drives: picks the shipped model that was made for it, '
        f'{", ".join(f"{model} for {place}" for place, model in PLACES.items())}. Empty: none. It may change as checkpoint may.',
        choices=tuple(PLACES),
        condition='Only one of checkpoint and place may be set.',
    )
    threads: int = parameter(
        0, 'Processor threads for the network; 0: all cores.', limits=(0, 1024), change=Change.CONFIGURE
    )
    runtime: str = parameter(
        'auto',
        'What runs the network: torch, torch-cuda, torch-compiled, openvino, openvino-bf16, onnxruntime, '
        'onnxruntime-cuda, onnxruntime-tensorrt; auto: the fastest of those installed besides torch, measured '
        'once on this machine and remembered; one of less than float32 only where its depth agrees with float32.',
        change=Change.CONFIGURE,
    )
    output_stride: int = parameter(
        1,
        '2 stops the decoder at half resolution: faster, less sharp; that of dnano always stops there.',
        limits=(1, 2),
        change=Change.CONFIGURE,
    )
    image_transport: str = parameter(
        'raw',
        'raw: sensor_msgs/Image on image; compressed: sensor_msgs/CompressedImage, JPEG or PNG, on image/compressed.',
        choices=IMAGE_TRANSPORTS,
        change=Change.CONFIGURE,
    )
    max_image_pixels: int = parameter(
        MAX_PIXELS,
        'Width times height that an image may have; larger ones are dropped before they are decoded.',
        limits=(1, 1_000_000_000),
    )
    rectify: bool = parameter(
        False,
        'Rectify the images, from D, K, R and P of camera_info; false: they are rectified already. Depth and '
        'depth/camera_info belong to the rectified image.',
    )
    max_frame_age: float = parameter(
        0.0,
        "Seconds by the node's clock from a frame's stamp until its processing begins; older frames, and frames from as "
        'far in the future, are dropped; 0: no limit.',
        limits=(0.0, 3600.0),
    )
    input_check: bool = parameter(
        True,
        'Make depth unknown (NaN) while the image is black, white, overexposed, out of focus or frozen, or shows nothing. '
        'Diagnostics say so.',
    )
    max_identical_frames: int = parameter(
        30,
        'Images in a row that may be the same before input_check takes the camera for frozen; 0: any number, as for '
        'simulated cameras without noise.',
        limits=(0, 100_000),
    )
    min_depth: float = parameter(
        0.1,
        'Nearest depth in metres; nearer pixels become -Inf (REP-117), 0 in 16UC1, no point in the cloud.',
        limits=(0.0, 1000.0),
        condition='Below max_depth.',
    )
    max_depth: float = parameter(
        80.0,
        'Farthest depth in metres; farther pixels become +Inf (REP-117), 0 in 16UC1; for the cloud see far_points.',
        limits=(0.0, 1000.0),
        condition='Above min_depth.',
    )
    unknown_beyond: float = parameter(
        0.0,
        'Metres; farther depth becomes NaN, not +Inf: what a network takes for far away in a room is a bright window. '
        f'0: {", ".join(f"{metres:g} with {model}" for model, metres in FARTHEST_KNOWN.items())}, no limit with other '
        'models; 1000: no limit.',
        limits=(0.0, NO_DEPTH_LIMIT),
    )
    depth_encoding: str = parameter(
        '32FC1',
        'Encoding of depth/image_rect: 32FC1: metres; 16UC1: millimetres up to 65.535 m, 0 unknown (REP-118).',
        choices=('32FC1', '16UC1'),
    )
    unknown_as: float = parameter(
        0.0,
        'Metres of unknown pixels in depth/image_rect alone, for stacks that take 0 and NaN for free: too near is min_depth '
        'then and too far max_depth. WARNING: a map of it has obstacles that are not there, or, with a large value, free '
        'space that nobody has seen. 0: unknown stays NaN, in 16UC1 0.',
        limits=(0.0, 1000.0),
    )
    confidence_threshold: float = parameter(
        0.0, 'Pixels with less confidence, see depth/confidence, become NaN; 0: off.', limits=(0.0, 1.0)
    )
    edge_filter_threshold: float = parameter(
        0.1,
        'Pixels between foreground and background become NaN when their inverse depth differs from the surfaces on both '
        'sides by more than this fraction; 0: off.',
        limits=(0.0, 1.0),
    )
    temporal_filter: float = parameter(
        0.7,
        'Weight of the frames before in the inverse depth of pixels where nothing moves, so that depth does not flicker; '
        'what moves is left as it is. 0: off.',
        limits=(0.0, 0.95),
    )
    far_points: str = parameter(
        'drop',
        'What +Inf is in depth/points: drop: no point; clear_at_max_range: a point 1 % beyond max_depth, so that a map '
        'clears space along its ray. The map must not mark at max_depth and beyond.',
        choices=('drop', 'clear_at_max_range'),
    )
    decimation: int = parameter(
        1, "Every Nth row and column gives points of depth/points (rtabmap_util's name).", limits=(1, 64)
    )
    filter_nans: bool = parameter(
        False,
        'Leave pixels without a point out of depth/points: its height is 1 and it is dense; false: it is organised like '
        "the image, with NaN (rtabmap_util's name).",
    )
    min_height: float = parameter(
        -NO_HEIGHT_LIMIT,
        'Lowest points of depth/points, in metres above the camera along -y of its optical frame, however the camera is '
        'tilted; -1000: no limit.',
        limits=(-NO_HEIGHT_LIMIT, NO_HEIGHT_LIMIT),
        condition='Below max_height.',
    )
    max_height: float = parameter(
        NO_HEIGHT_LIMIT,
        'Highest points of depth/points, as min_height; 1000: no limit.',
        limits=(-NO_HEIGHT_LIMIT, NO_HEIGHT_LIMIT),
        condition='Above min_height.',
    )
    cloud_colour: bool = parameter(True, 'Give the points of depth/points the colour of their pixel (field rgb).')
    cloud_confidence: float = parameter(
        0.0,
        'Pixels with less confidence, see depth/confidence, give no points of depth/points, far ones included; the other '
        'outputs keep them. 0: off.',
        limits=(0.0, 1.0),
    )
    cloud_confidence_field: bool = parameter(
        False, 'Give the points of depth/points their confidence, 0 to 1 (field confidence).'
    )
    camera_height: float = parameter(
        0.0,
        'Height of the camera above the ground in metres, for obstacles and scale_source ground. 0: the heights of '
        'obstacles are counted from the camera, and scale_source ground takes that above scale_base_frame, by the transform.',
        limits=(0.0, NO_HEIGHT_LIMIT),
    )
    obstacles_base_frame: str = parameter(
        '',
        'Frame on the ground whose z axis is up, as base_footprint: pitch, roll and height of the camera are taken from TF at '
        "each image's stamp, which needs tf2_ros. While TF does not know them, nothing is published of obstacles. Empty: "
        'from camera_height, obstacles.camera_pitch and obstacles.camera_roll.',
        name='obstacles.base_frame',
        change=Change.CONFIGURE,
    )
    obstacles_level_only: bool = parameter(
        False,
        'Take pitch and roll of the camera alone from TF, and count the heights of obstacles from the camera: for vehicles '
        'that fly, with a base_frame as odom or map.',
        name='obstacles.level_only',
        condition='Needs obstacles.base_frame.',
    )
    obstacles_fit_ground: bool = parameter(
        False,
        'Count the heights of obstacles from the plane that depth shows as ground, if it is within 3 degrees and 35 % of the '
        "camera's height of where the ground must be, so that ground which is estimated too near is no obstacle. What is "
        'flat, low and fills the lower image is taken for ground.',
        name='obstacles.fit_ground',
        condition='Needs a camera height.',
    )
    obstacles_camera_pitch: float = parameter(
        0.0, 'Radians by which the camera looks down.', name='obstacles.camera_pitch', limits=(-1.48, 1.48)
    )
    obstacles_camera_roll: float = parameter(
        0.0,
        'Radians by which the right side of the camera is lower.',
        name='obstacles.camera_roll',
        limits=(-math.pi, math.pi),
    )
    obstacles_camera_yaw: float = parameter(
        0.0,
        'Radians by which the camera looks to the left of the vehicle; for depth/obstacle_distance and PX4, whose '
        "sectors are the vehicle's.",
        name='obstacles.camera_yaw',
        limits=(-math.pi, math.pi),
    )
    obstacles_min_height: float = parameter(
        -0.2,
        'Lowest obstacles, in metres above the ground. Ground that is estimated too near by a share stands up by this '
        'share of camera_height: keep it above a fifth of that.',
        name='obstacles.min_height',
        limits=(-NO_HEIGHT_LIMIT, NO_HEIGHT_LIMIT),
        condition='Below obstacles.max_height.',
    )
    obstacles_max_height: float = parameter(
        0.5,
        'Highest obstacles, in metres above the ground: the robot fits below them.',
        name='obstacles.max_height',
        limits=(-NO_HEIGHT_LIMIT, NO_HEIGHT_LIMIT),
        condition='Above obstacles.min_height.',
    )
    obstacles_max_range: float = parameter(
        5.0,
        'Farthest obstacles, in metres horizontally from the camera; at most max_depth is used.',
        name='obstacles.max_range',
        limits=(0.1, 655.0),
    )
    obstacles_sector_width: float = parameter(
        0.01, 'Radians between two ranges of depth/scan.', name='obstacles.sector_width', limits=(0.001, 1.0)
    )
    obstacles_min_pixels: int = parameter(
        10,
        'Pixels of an image of about 100,000 that make an obstacle in a sector (larger images are decimated).',
        name='obstacles.min_pixels',
        limits=(1, 10_000),
    )
    obstacles_frame: str = parameter(
        '',
        'Frame of depth/scan and depth/nearest: at the camera, x horizontally ahead, z up. Empty: the frame of the '
        'images with _level behind it, which the node puts into /tf.',
        name='obstacles.frame',
    )

    scale_factor: float = parameter(
        1.0,
        'Inverse depth of the network is multiplied by it: 2 halves all distances. optidepthnet calibrate-scale '
        'measures it, with scale_shift and scale_model; scale_source corrects what remains.',
        limits=(0.001, 1000.0),
    )
    scale_shift: float = parameter(0.0, 'Is added to inverse depth, in 1/m, after scale_factor.', limits=(-10.0, 10.0))
    scale_model: str = parameter(
        '',
        'SHA-256 of the checkpoint that scale_factor and scale_shift were measured with; with another checkpoint they '
        'are not applied, and diagnostics warn. Empty: any.',
    )
    scale_source: str = parameter(
        'none',
        'What the metres are corrected by: points: sensor_msgs/PointCloud2 on points; scan: sensor_msgs/LaserScan on '
        'scan; range: sensor_msgs/Range on range; odometry: corners that are followed while the camera moves, and '
        'nav_msgs/Odometry on odometry; ground: the plane of the ground and the height of the camera; none: '
        'nothing, depth is what the network says.',
        choices=SCALE_SOURCES,
        change=Change.CONFIGURE,
    )
    scale_apply: bool = parameter(
        True, 'Correct all outputs; false: estimate the scale and publish it on ~/scale, but leave depth as it is.'
    )
    scale_preview: bool = parameter(
        False,
        'Mark what the scale is measured by on depth/preview, up to 500 points: green within 10 % of the depth that is '
        'shown, yellow within 30 %, red beyond.',
    )
    scale_transform: str = parameter(
        '',
        f"Pose of the sensor's frame, of scale_base_frame, or with odometry of its child_frame_id, in the camera's optical frame, '{FORM}'; empty: from TF, "
        'which needs tf2_ros. For a sensor beside the camera that looks the same way, with x forward and z up, the '
        "quaternion is '0.5 -0.5 0.5 0.5'.",
        change=Change.CONFIGURE,
    )
    scale_base_frame: str = parameter(
        'base_footprint',
        'With scale_source ground: the frame on the ground whose z axis is up.',
        change=Change.CONFIGURE,
    )
    scale_min: float = parameter(
        0.2,
        'Smallest scale that is accepted, but of a relative network: distances become 1 / scale_min times those of the network at most.',
        limits=(0.001, 1.0),
        change=Change.CONFIGURE,
    )
    scale_max: float = parameter(
        5.0,
        'Largest scale that is accepted, likewise: distances become 1 / scale_max times those of the network at least.',
        limits=(1.0, 1000.0),
        change=Change.CONFIGURE,
    )
    scale_rate: float = parameter(
        0.5,
        'Largest change of the correction in a second, as a difference of the logarithm of any depth: with 0.5, no '
        'depth changes by more than 5 % between two frames that are 0.1 s apart.',
        limits=(0.001, 100.0),
        change=Change.CONFIGURE,
    )
    scale_timeout: float = parameter(
        2.0,
        'Seconds without accepted evidence after which the correction, which is held, is reported as stale. Depth of a '
        'relative network is unknown then.',
        limits=(0.0, 3600.0),
        change=Change.CONFIGURE,
    )
    scale_sync: float = parameter(
        0.05,
        'Seconds between the stamps of evidence and of the frame that it is compared with, at most.',
        limits=(0.0, 10.0),
        change=Change.CONFIGURE,
    )

    def __post_init__(self) -> None:
        check_choices(self)
        parse_transform('scale_transform', self.scale_transform)
        if self.model.is_relative:
            self._check_relative()
        for group, what in (('', 'depth'), ('', 'height'), ('obstacles', 'height')):
            prefix, dotted = (f'{group}_', f'{group}.') if group else ('', '')
            low, high = getattr(self, f'{prefix}min_{what}'), getattr(self, f'{prefix}max_{what}')
            if not low < high:
                raise ValueError(f'{dotted}min_{what} is {low} m, but must be below {dotted}max_{what}, {high} m')

    def _check_relative(self) -> None:
        """Refuse what a network without metres cannot be run with."""
        network = f'checkpoint {self.checkpoint} is a relative network'
        if self.scale_source not in RELATIVE_SOURCES:
            raise ValueError(
                f"{network}, whose depth has no metres, and scale_source is '{self.scale_source}', which cannot measure "
                f'scale and shift: set scale_source to one of {", ".join(RELATIVE_SOURCES)}, or give another checkpoint'
            )
        if not self.scale_apply:
            raise ValueError(f'{network}, whose depth has no metres, and scale_apply is false: set scale_apply to true')
        for name, meaningless in _NOT_OF_RELATIVE.items():
            if getattr(self, name) != meaningless:
                raise ValueError(f'{network}, for which {name} has no meaning: set {name} to {as_yaml(meaningless)}')

    @property
    def model(self) -> ModelChoice:
        """The model that is asked for."""
        return ModelChoice(self.checkpoint, self.place)

    @property
    def farthest_known(self) -> float:
        """Metres beyond which depth is unknown; infinite: no limit."""
        limit = self.unknown_beyond or FARTHEST_KNOWN.get(self.model.name, NO_DEPTH_LIMIT)
        return limit if limit < NO_DEPTH_LIMIT else math.inf


_READ_BY_CONFIGURE = frozenset(known.name for known in parameters_of(Parameters) if known.change is Change.CONFIGURE)


def needs_configure(names: Iterable[str]) -> list[str]:
    """Return those of the parameters that only configure reads."""
    return [name for name in names if name in _READ_BY_CONFIGURE]
