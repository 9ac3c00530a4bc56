# SPDX-License-Identifier: Apache-2.0
"""From a depth image to sensor_msgs/PointCloud2, organised like the image or dense."""

import math
import sys
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
from sensor_msgs.msg import PointCloud2, PointField

from optidepthnet_ros.geometry.camera import Camera
from optidepthnet_ros.geometry.depth import coordinates_from_depth, keep_heights
from optidepthnet_ros.ros.conversions.message_data import writable_data

# PCL and RViz expect the bytes of the colour, 0x00RRGGBB, in a field that is declared as float.
_COLOUR, _CONFIDENCE = 'rgb', 'confidence'


@dataclass(frozen=True)
class CloudOptions:
    """Which pixels become points, and how they are laid out.

    :param decimation: every N-th row and column gives points
    :param min_height: metres above the camera along -y, as ``max_height``: points outside are left out
    :param far_depth: metres along z of the points for +Inf; None: no points
    :param dense: leave out pixels without a point, so that the cloud is a single row; otherwise they are NaN
    """

    decimation: int = 1
    min_height: float = -math.inf
    max_height: float = math.inf
    far_depth: float | None = None
    dense: bool = False


def write_cloud(
    message: PointCloud2,
    depth: np.ndarray,
    camera: Camera,
    image: np.ndarray | None = None,
    options: CloudOptions = CloudOptions(),
    confidence: np.ndarray | None = None,
) -> None:
    """Write a cloud into a message that may be reused; its header is not changed.

    Points are in the optical frame (REP-103). Pixels without finite depth have no point, see ``options``.

    :param depth: (H, W) float32 metres
    :param camera: of the same size
    :param image: uint8 (H, W, 3) BGR or (H, W) gray; without it the cloud has no rgb field
    :param confidence: (H, W) float32; without it the cloud has no confidence field
    """
    step = options.decimation
    camera = camera.decimated(step)
    depth = _limited(depth[::step, ::step], camera, options)
    extra = {}
    if image is not None:
        extra[_COLOUR] = _packed_colour(image[::step, ::step])
    if confidence is not None:
        extra[_CONFIDENCE] = np.ascontiguousarray(confidence[::step, ::step])
    fields = _fields('x', 'y', 'z', *extra)
    if options.dense:
        _write_dense(message, depth, camera, list(extra.values()), len(fields))
    else:
        points = writable_data(message, np.float32, (*depth.shape, len(fields)))
        _fill(points, depth, camera, list(extra.values()))
        message.height, message.width = depth.shape
    message.fields = fields
    message.is_bigendian = sys.byteorder == 'big'
    message.point_step = 4 * len(fields)
    message.row_step = message.point_step * message.width
    message.is_dense = options.dense


@cache
def _fields(*names: str) -> list[PointField]:
    return [
        PointField(name=name, offset=4 * index, datatype=PointField.FLOAT32, count=1)
        for index, name in enumerate(names)
    ]


def _limited(depth: np.ndarray, camera: Camera, options: CloudOptions) -> np.ndarray:
    """Return depth that is finite where points are wanted; a copy where it differs."""
    if options.far_depth is not None:
        depth = np.where(depth == np.inf, np.float32(options.far_depth), depth)
    if math.isfinite(options.min_height) or math.isfinite(options.max_height):
        depth = keep_heights(depth.copy(), camera, options.min_height, options.max_height)
    return depth


def _write_dense(message: PointCloud2, depth: np.ndarray, camera: Camera, extra: list[np.ndarray], fields: int) -> None:
    everywhere = np.empty((*depth.shape, fields), np.float32)
    _fill(everywhere, depth, camera, extra)
    finite = np.flatnonzero(np.isfinite(depth))
    np.take(
        everywhere.reshape(-1, fields),
        finite,
        axis=0,
        mode='clip',
        out=writable_data(message, np.float32, (len(finite), fields)),
    )
    message.height, message.width = 1, len(finite)


def _fill(points: np.ndarray, depth: np.ndarray, camera: Camera, extra: list[np.ndarray]) -> None:
    """Write points (H, W, 3 + the number of extra fields)."""
    planes = [*coordinates_from_depth(depth, camera), *extra]
    # OpenCV interleaves faster than numpy writes in strides; as integers, because colours are not floats.
    cv2.merge([plane.view(np.int32) for plane in planes], points.view(np.int32))


def _packed_colour(image: np.ndarray) -> np.ndarray:
    """Pack to 0x00RRGGBB, uint32 (H, W)."""
    bgra = cv2.cvtColor(image, cv2.COLOR_GRAY2BGRA if image.ndim == 2 else cv2.COLOR_BGR2BGRA)
    packed = bgra.view('<u4')[..., 0]
    packed &= np.uint32(0xFFFFFF)
    return packed
