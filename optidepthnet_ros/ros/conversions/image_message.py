# SPDX-License-Identifier: Apache-2.0
"""From arrays to sensor_msgs/Image: depth in either unit of REP-118, and pictures."""

import sys

import numpy as np
from sensor_msgs.msg import Image

from optidepthnet_ros.imaging.preview import colour_depth, mark_errors
from optidepthnet_ros.ros.conversions.message_data import writable_data
from optidepthnet_ros.scale.marks import Marks

FARTHEST_IN_MILLIMETRES = 65.535  # metres, the limit of 16UC1


def write_image(message: Image, pixels: np.ndarray, encoding: str) -> None:
    """Write pixels, (H, W) or (H, W, C), into a message that may be reused; its header is not changed."""
    writable_data(message, pixels.dtype, pixels.shape)[...] = pixels
    message.height, message.width = pixels.shape[:2]
    message.encoding = encoding
    message.is_bigendian = int(sys.byteorder == 'big')
    message.step = pixels.nbytes // message.height


def write_depth(message: Image, depth: np.ndarray, encoding: str) -> None:
    """Write depth as 32FC1, metres that keep NaN and infinities, or as 16UC1, millimetres with 0 for both (REP-118).

    :param depth: (H, W) float32 metres
    :param encoding: ``'32FC1'`` or ``'16UC1'``
    """
    write_image(message, depth if encoding == '32FC1' else _millimetres(depth), encoding)


def write_preview(
    message: Image, depth: np.ndarray, min_depth: float, max_depth: float, marks: Marks | None = None
) -> None:
    """Write depth as a picture (:func:`colour_depth`), with the evidence of its scale (:func:`mark_errors`)."""
    picture = colour_depth(depth, min_depth, max_depth)
    if marks is not None:
        mark_errors(picture, marks.pixels, marks.errors)
    write_image(message, picture, 'bgr8')


def _millimetres(depth: np.ndarray) -> np.ndarray:
    rounded = np.rint(depth * np.float32(1000))
    # 16 bits of millimetres end at 65.535 m. Farther depth is unknown; it must not wrap around or become a wall.
    known = (rounded >= 0) & (rounded <= np.iinfo(np.uint16).max)
    with np.errstate(invalid='ignore'):
        return rounded.astype(np.uint16) * known
