# SPDX-License-Identifier: Apache-2.0
"""From sensor_msgs/PointCloud2 to points."""

from typing import Protocol

import numpy as np

FLOAT32 = 7  # sensor_msgs/PointField


class PointCloudError(ValueError):
    """A point cloud cannot be decoded; the text says what is wrong with it."""


class PointField(Protocol):
    """The fields of sensor_msgs/PointField that are read."""

    name: str
    offset: int
    datatype: int


class PointCloud(Protocol):
    """The fields of sensor_msgs/PointCloud2 that are read, from any source."""

    height: int
    width: int
    fields: list[PointField]
    is_bigendian: bool
    point_step: int
    row_step: int
    data: bytes  # or another buffer of bytes


def points_from_message(message: PointCloud) -> np.ndarray:
    """Return the finite points, (N, 3) float32 in the message's frame; each coordinate is contiguous.

    :raises PointCloudError: no x, y and z as float32, or sizes that contradict each other
    """
    offsets = {field.name: field.offset for field in message.fields if field.datatype == FLOAT32}
    if not {'x', 'y', 'z'} <= offsets.keys():
        raise PointCloudError('a point cloud without x, y and z as float32')
    needed = message.row_step * message.height
    if (
        message.row_step < message.point_step * message.width
        or message.point_step < 4 + max(offsets[axis] for axis in 'xyz')
        or len(message.data) < needed
    ):
        raise PointCloudError(
            f'a {message.width}x{message.height} point cloud of {message.point_step} bytes a point and '
            f'{message.row_step} a row cannot have {len(message.data)} bytes: it was cut short or its size is wrong'
        )
    size, strides = (message.height, message.width), (message.row_step, message.point_step)
    kind = '>f4' if message.is_bigendian else '<f4'
    points = np.empty((3, *size), np.float32)
    for number, axis in enumerate('xyz'):
        points[number] = np.ndarray(size, kind, message.data, offsets[axis], strides)
    found = points.reshape(3, -1)
    with np.errstate(invalid='ignore', over='ignore'):
        total = found.sum()
    # If a coordinate is not finite, the sum is not finite.
    return found.T if np.isfinite(total) else found[:, np.isfinite(found).all(axis=0)].T
