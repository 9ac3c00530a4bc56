# SPDX-License-Identifier: Apache-2.0
"""The parameters of the depth node: their names, types, defaults, ranges and meaning, and the constraints between them.

Imports neither ROS nor torch, because launch files read it, see ``ros/support/parameter.py``.
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
SCALE_TOPICS = 'points', 'scan', 'range', 'odometry'  # sources that are topics, with these names
SCALE_SOURCES = 'none', *SCALE_TOPICS, 'ground'
RELATIVE_SOURCES = 'points', 'odometry'  # with evidence all over the image, which scale and shift need

# Parameters without meaning for a network without metres and confidence, with the values that have no effect.
_NOT_OF_RELATIVE: dict[str, Value] = {
    'scale_factor': 1.0,
    'scale_shift': 0.0,
    'confidence_threshold': 0.0,
    'cloud_confidence': 0.0,
    'cloud_confidence_field': False,
}


@dataclass(frozen=True)
class Parameters:
    """One consistent set of values.

    :raises ValueError: values that contradict each other; the message names them
    """

    autostart: bool = parameter(
        True, 'Configure and activate at start; false: wait for a lifecycle manager.', change=Change.READ_ONLY
    )
    checkpoint: str = parameter(
        '',
        'Weights: a file (safetensors) or the name of a shipped model; empty: the model for place, else '
        f'{DEFAULT_MODEL}. A relative network from other authors is given as FILE.onnx with its contract FILE.yaml, '
        'and needs scale_source points or odometry. When this parameter changes in a configured node, the new model '
        'is loaded beside the one in use and replaces it between two frames; if the new model cannot be used, the '
        'parameter returns to its previous value and diagnostics say why.',
        condition='Only one of checkpoint and place may be set.',
    )
    place: str = parameter(
        '',
        'Where the robot drives: selects the shipped model that was made for this place, '
        f'{", ".join(f"{model} for {place}" for place, model in PLACES.items())}. Empty: none. It can be changed in '
        'the same way as checkpoint.',
        choices=tuple(PLACES),
        condition='Only one of checkpoint and place may be set.',
    )
    threads: int = parameter(0, 'CPU threads for the network; 0: all cores.', limits=(0, 1024), change=Change.CONFIGURE)
    runtime: str = parameter(
        'auto',
        'What runs the network: torch, torch-cuda, torch-compiled, openvino, openvino-bf16, onnxruntime, '
        'onnxruntime-cuda, onnxruntime-tensorrt; auto: the fastest installed one other than torch, measured once on '
        'this machine and remembered; a runtime with less than float32 precision is used only if its depth agrees '
        'with float32.',
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
        'Maximum width times height of an image; larger images are dropped before they are decoded.',
        limits=(1, 1_000_000_000),
    )
    rectify: bool = parameter(
        False,
        'Rectify the images with D, K, R and P of camera_info; false: they are already rectified. Depth and '
        'depth/camera_info belong to the rectified image.',
    )
    max_frame_age: float = parameter(
        0.0,
        "Maximum age of a frame in seconds, from its stamp to the start of its processing, by the node's clock. "
        'Older frames, and frames equally far in the future, are dropped. 0: no limit.',
        limits=(0.0, 3600.0),
    )
    input_check: bool = parameter(
        True,
        'Make depth unknown (NaN) while the image is black, white, featureless, overexposed, out of focus or '
        'frozen. Diagnostics report this.',
    )
    max_identical_frames: int = parameter(
        30,
        'Identical images in a row that input_check accepts before it considers the camera frozen; 0: any number, '
        'for example for simulated cameras without noise.',
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
        'Metres; depth beyond this becomes NaN instead of +Inf, because in a room a network mistakes a bright '
        'window for something far away. 0: '
        f'{", ".join(f"{metres:g} with {model}" for model, metres in FARTHEST_KNOWN.items())}, no limit with other '
        'models; 1000: no limit.',
        limits=(0.0, NO_DEPTH_LIMIT),
    )
    depth_encoding: str = parameter(
        '32FC1',
        'Encoding of depth/image_rect. 32FC1: metres; 16UC1: millimetres up to 65.535 m, 0 is unknown (REP-118).',
        choices=('32FC1', '16UC1'),
    )
    unknown_as: float = parameter(
        0.0,
        'Value in metres of unknown pixels, in depth/image_rect only, for stacks that treat 0 and NaN as free '
        'space; too near then becomes min_depth, and too far max_depth. WARNING: a map made of it has obstacles '
        'that do not exist or, with a large value, free space that nobody has seen. 0: unknown stays NaN (0 in '
        '16UC1).',
        limits=(0.0, 1000.0),
    )
    confidence_threshold: float = parameter(
        0.0, 'Pixels whose confidence (see depth/confidence) is lower become NaN; 0: off.', limits=(0.0, 1.0)
    )
    edge_filter_threshold: float = parameter(
        0.1,
        'Pixels between foreground and background become NaN when their inverse depth differs from the surfaces on both '
        'sides by more than this fraction; 0: off.',
        limits=(0.0, 1.0),
    )
    temporal_filter: float = parameter(
        0.7,
        'Weight of the previous frames in the inverse depth of pixels where nothing moves, so that depth does not '
        'flicker; moving objects are left as they are. 0: off.',
        limits=(0.0, 0.95),
    )
    far_points: str = parameter(
        'drop',
        'What +Inf becomes in depth/points. drop: no point; clear_at_max_range: a point 1 % beyond max_depth, so '
        'that a map clears the space along its ray. The map must not mark at max_depth or beyond.',
        choices=('drop', 'clear_at_max_range'),
    )
    decimation: int = parameter(
        1, "Only every Nth row and column gives points of depth/points (the name is rtabmap_util's).", limits=(1, 64)
    )
    filter_nans: bool = parameter(
        False,
        'Leave pixels without a point out of depth/points, so that it is dense and its height is 1; false: it is '
        "organised like the image, with NaN (the name is rtabmap_util's).",
    )
    min_height: float = parameter(
        -NO_HEIGHT_LIMIT,
        'Lowest points of depth/points, in metres above the camera along -y of its optical frame, regardless of the '
        'tilt of the camera; -1000: no limit.',
        limits=(-NO_HEIGHT_LIMIT, NO_HEIGHT_LIMIT),
        condition='Below max_height.',
    )
    max_height: float = parameter(
        NO_HEIGHT_LIMIT,
        'Highest points of depth/points, measured like min_height; 1000: no limit.',
        limits=(-NO_HEIGHT_LIMIT, NO_HEIGHT_LIMIT),
        condition='Above min_height.',
    )
    cloud_colour: bool = parameter(True, 'Give the points of depth/points the colour of their pixel (field rgb).')
    cloud_confidence: float = parameter(
        0.0,
        'Pixels whose confidence (see depth/confidence) is lower give no points of depth/points, including pixels '
        'that are far away; the other outputs keep them. 0: off.',
        limits=(0.0, 1.0),
    )
    cloud_confidence_field: bool = parameter(
        False, 'Give the points of depth/points their confidence, 0 to 1 (field confidence).'
    )
    camera_height: float = parameter(
        0.0,
        'Height of the camera above the ground in metres, for obstacles and scale_source ground. 0: the heights of '
        'obstacles are measured from the camera, and scale_source ground takes the height of the camera above '
        'scale_base_frame from the transform.',
        limits=(0.0, NO_HEIGHT_LIMIT),
    )
    obstacles_base_frame: str = parameter(
        '',
        'Frame on the ground whose z axis points up, for example base_footprint: pitch, roll and height of the '
        "camera are taken from TF at each image's stamp, which needs tf2_ros. While TF does not provide them, no "
        'obstacles are published. Empty: they come from camera_height, obstacles.camera_pitch and '
        'obstacles.camera_roll.',
        name='obstacles.base_frame',
        change=Change.CONFIGURE,
    )
    obstacles_level_only: bool = parameter(
        False,
        'Take only pitch and roll of the camera from TF, and measure the heights of obstacles from the camera: for '
        'vehicles that fly, with a base_frame such as odom or map.',
        name='obstacles.level_only',
        condition='Needs obstacles.base_frame.',
    )
    obstacles_fit_ground: bool = parameter(
        False,
        'Measure the heights of obstacles from the plane that depth shows as ground, if it is within 3 degrees and '
        "35 % of the camera's height of where the ground must be. Ground that is estimated too near is then no "
        'obstacle. Anything flat and low that fills the lower part of the image is treated as ground.',
        name='obstacles.fit_ground',
        condition='Needs a camera height.',
    )
    obstacles_camera_pitch: float = parameter(
        0.0,
        'Pitch of the camera in radians; positive: it looks down.',
        name='obstacles.camera_pitch',
        limits=(-1.48, 1.48),
    )
    obstacles_camera_roll: float = parameter(
        0.0,
        'Roll of the camera in radians; positive: its right side is lower.',
        name='obstacles.camera_roll',
        limits=(-math.pi, math.pi),
    )
    obstacles_camera_yaw: float = parameter(
        0.0,
        'Yaw of the camera in radians; positive: it looks to the left of the vehicle. For depth/obstacle_distance '
        'and PX4, whose sectors are relative to the vehicle.',
        name='obstacles.camera_yaw',
        limits=(-math.pi, math.pi),
    )
    obstacles_min_height: float = parameter(
        -0.2,
        'Lowest obstacles, in metres above the ground. If the ground is estimated too near by some fraction, it '
        'appears higher by that fraction of camera_height: keep this parameter above a fifth of camera_height.',
        name='obstacles.min_height',
        limits=(-NO_HEIGHT_LIMIT, NO_HEIGHT_LIMIT),
        condition='Below obstacles.max_height.',
    )
    obstacles_max_height: float = parameter(
        0.5,
        'Highest obstacles, in metres above the ground: the robot fits below anything higher.',
        name='obstacles.max_height',
        limits=(-NO_HEIGHT_LIMIT, NO_HEIGHT_LIMIT),
        condition='Above obstacles.min_height.',
    )
    obstacles_max_range: float = parameter(
        5.0,
        'Farthest obstacles, in metres of horizontal distance from the camera; at most max_depth is used.',
        name='obstacles.max_range',
        limits=(0.1, 655.0),
    )
    obstacles_sector_width: float = parameter(
        0.01,
        'Angle in radians between two neighbouring ranges of depth/scan.',
        name='obstacles.sector_width',
        limits=(0.001, 1.0),
    )
    obstacles_min_pixels: int = parameter(
        10,
        'Number of pixels that make an obstacle in a sector, and that must see as far as obstacles.max_range before '
        'it is free, of an image of about 100,000 pixels (larger images are decimated).',
        name='obstacles.min_pixels',
        limits=(1, 10_000),
    )
    obstacles_frame: str = parameter(
        '',
        'Frame of depth/scan and depth/nearest, located at the camera, with x horizontally ahead and z up. Empty: '
        'the frame of the images with the suffix _level, which the node publishes on /tf.',
        name='obstacles.frame',
    )

    scale_factor: float = parameter(
        1.0,
        'Factor that multiplies the inverse depth of the network: 2 halves all distances. optidepthnet '
        'calibrate-scale measures it, with scale_shift and scale_model; scale_source corrects the error that '
        'remains.',
        limits=(0.001, 1000.0),
    )
    scale_shift: float = parameter(
        0.0, 'Offset in 1/m that is added to the inverse depth after scale_factor.', limits=(-10.0, 10.0)
    )
    scale_model: str = parameter(
        '',
        'SHA-256 of the checkpoint that scale_factor and scale_shift were measured with; with any other checkpoint '
        'they are not applied, and diagnostics warn. Empty: any checkpoint.',
    )
    scale_source: str = parameter(
        'none',
        'What corrects the metric scale. points: sensor_msgs/PointCloud2 on points; scan: sensor_msgs/LaserScan on '
        'scan; range: sensor_msgs/Range on range; odometry: corners that are tracked while the camera moves, and '
        'nav_msgs/Odometry on odometry; ground: the ground plane and the height of the camera; none: nothing '
        'but scale_factor and scale_shift.',
        choices=SCALE_SOURCES,
        change=Change.CONFIGURE,
    )
    scale_apply: bool = parameter(
        True, 'Correct all outputs; false: estimate the scale and publish it on ~/scale, but leave depth unchanged.'
    )
    scale_preview: bool = parameter(
        False,
        'Mark on depth/preview where the scale is measured, up to 500 points: green within 10 % of the depth shown, '
        'yellow within 30 %, red beyond.',
    )
    scale_transform: str = parameter(
        '',
        f"Pose in the camera's optical frame, '{FORM}', of the sensor's frame, of scale_base_frame (ground), or of "
        'child_frame_id (odometry). Empty: from TF, which needs tf2_ros. For a sensor beside the camera that looks '
        "in the same direction, with x forward and z up, the quaternion is '0.5 -0.5 0.5 0.5'.",
        change=Change.CONFIGURE,
    )
    scale_base_frame: str = parameter(
        'base_footprint',
        'With scale_source ground: the frame on the ground whose z axis points up.',
        change=Change.CONFIGURE,
    )
    scale_min: float = parameter(
        0.2,
        'Smallest scale that is accepted: distances become at most 1 / scale_min times those of the network. Not '
        'used with a relative network.',
        limits=(0.001, 1.0),
        change=Change.CONFIGURE,
    )
    scale_max: float = parameter(
        5.0,
        'Largest scale that is accepted: distances become at least 1 / scale_max times those of the network. Not '
        'used with a relative network.',
        limits=(1.0, 1000.0),
        change=Change.CONFIGURE,
    )
    scale_rate: float = parameter(
        0.5,
        'Maximum change of the correction per second, as a difference of the logarithm of any depth: with 0.5, no '
        'depth changes by more than 5 % between two frames that are 0.1 s apart.',
        limits=(0.001, 100.0),
        change=Change.CONFIGURE,
    )
    scale_timeout: float = parameter(
        2.0,
        'Seconds without accepted evidence after which the correction is reported as stale. The correction is held, '
        'but depth of a relative network becomes unknown.',
        limits=(0.0, 3600.0),
        change=Change.CONFIGURE,
    )
    scale_sync: float = parameter(
        0.05,
        'Maximum difference in seconds between the stamps of evidence and of the frame that it is compared with.',
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
        """Reject values with which a network without metres cannot be run."""
        network = f'checkpoint {self.checkpoint} is a relative network'
        if self.scale_source not in RELATIVE_SOURCES:
            raise ValueError(
                f"{network}, whose depth is not metric, and scale_source is '{self.scale_source}', which cannot measure "
                f'scale and shift: set scale_source to one of {", ".join(RELATIVE_SOURCES)}, or use another checkpoint'
            )
        if not self.scale_apply:
            raise ValueError(f'{network}, whose depth is not metric, and scale_apply is false: set scale_apply to true')
        for name, meaningless in _NOT_OF_RELATIVE.items():
            if getattr(self, name) != meaningless:
                raise ValueError(f'{network}, for which {name} has no meaning: set {name} to {as_yaml(meaningless)}')

    @property
    def model(self) -> ModelChoice:
        """The requested model."""
        return ModelChoice(self.checkpoint, self.place)

    @property
    def farthest_known(self) -> float:
        """Metres beyond which depth is unknown; infinite: no limit."""
        limit = self.unknown_beyond or FARTHEST_KNOWN.get(self.model.name, NO_DEPTH_LIMIT)
        return limit if limit < NO_DEPTH_LIMIT else math.inf


_READ_BY_CONFIGURE = frozenset(known.name for known in parameters_of(Parameters) if known.change is Change.CONFIGURE)


def needs_configure(names: Iterable[str]) -> list[str]:
    """Return the names of parameters that only configure reads."""
    return [name for name in names if name in _READ_BY_CONFIGURE]
