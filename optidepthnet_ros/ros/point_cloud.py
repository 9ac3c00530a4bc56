"""From a depth image to sensor_msgs/PointCloud2, organised like the image."""

import sys

import cv2
import numpy as np
from sensor_msgs.msg import PointCloud2, PointField

from optidepthnet_ros.camera import Camera
from optidepthnet_ros.depth import points_from_depth
from optidepthnet_ros.ros.message_data import writable_data

_XYZ = [PointField(name=name, offset=4 * index, datatype=PointField.FLOAT32, count=1)
        for index, name in enumerate('xyz')]
# PCL and RViz expect the colour's bytes, 0x00RRGGBB, in what is declared a float.
_XYZ_RGB = [*_XYZ, PointField(name='rgb', offset=12, datatype=PointField.FLOAT32, count=1)]


def write_cloud(message: PointCloud2, depth: np.ndarray, camera: Camera, image: np.ndarray | None = None) -> None:
    """Write a cloud of H x W points into a message that may be used again; its header is left alone.

    Points are in the optical frame (REP-103), NaN where the depth is not finite.

    :param depth: (H, W) float32 metres
    :param camera: of the same size
    :param image: uint8 (H, W, 3) BGR or (H, W) gray; without it the cloud has no rgb field
    """
    fields = _XYZ if image is None else _XYZ_RGB
    points = writable_data(message, np.float32, (*depth.shape, len(fields)))
    points_from_depth(depth, camera, out=points)
    if image is not None:
        points.view(np.uint32)[..., 3] = _packed_colour(image)
    message.height, message.width = depth.shape
    message.fields = fields
    message.is_bigendian = sys.byteorder == 'big'
    message.point_step = 4 * len(fields)
    message.row_step = message.point_step * message.width
    message.is_dense = False


def _packed_colour(image: np.ndarray) -> np.ndarray:
    """Pack to 0x00RRGGBB, uint32 (H, W)."""
    bgra = cv2.cvtColor(image, cv2.COLOR_GRAY2BGRA if image.ndim == 2 else cv2.COLOR_BGR2BGRA)
    packed = bgra.view('<u4')[..., 0]
    packed &= np.uint32(0xFFFFFF)
    return packed
