# SPDX-License-Identifier: Apache-2.0
"""Evidence from the messages of other sensors, read from any objects with their fields."""

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np

from optidepthnet_ros.messages.header import Stamped, stamp_of
from optidepthnet_ros.messages.point_cloud import PointCloud, PointCloudError, points_from_message
from optidepthnet_ros.scale.evidence import Evidence
from optidepthnet_ros.scale.fit import UnsupportedFitError
from optidepthnet_ros.scale.points import evidence_of_points
from optidepthnet_ros.scale.poses import PoseBuffer
from optidepthnet_ros.scale.range_cone import evidence_of_range
from optidepthnet_ros.scale.scan import points_of_scan
from optidepthnet_ros.scale.tracker import Frame


class LaserScan(Protocol):
    """The fields of sensor_msgs/LaserScan that are read, from any source."""

    ranges: Any
    angle_min: float
    angle_increment: float
    range_min: float
    range_max: float


class Range(Protocol):
    """The fields of sensor_msgs/Range that are read, from any source."""

    range: float
    min_range: float
    max_range: float
    field_of_view: float


class Odometry(Stamped, Protocol):
    """The fields of nav_msgs/Odometry that are read, from any source."""

    pose: Any  # geometry_msgs/PoseWithCovariance


# Takes a message, the frame, and the transform of points from the message's frame to the camera, (4, 4).
Comparison = Callable[[Any, Frame, np.ndarray], Evidence]


def evidence_of_cloud_message(message: PointCloud, frame: Frame, to_camera: np.ndarray) -> Evidence:
    """Compare a frame with a sensor_msgs/PointCloud2.

    :param to_camera: (4, 4), takes points of the message's frame to the camera's optical frame
    :raises UnsupportedFitError: the message cannot be read
    """
    try:
        points = points_from_message(message)
    except PointCloudError as error:
        raise UnsupportedFitError(str(error)) from None
    return evidence_of_points(frame.depth, frame.camera, points, to_camera)


def evidence_of_scan_message(message: LaserScan, frame: Frame, to_camera: np.ndarray) -> Evidence:
    """Compare a frame with a sensor_msgs/LaserScan; otherwise as :func:`evidence_of_cloud_message`."""
    points = points_of_scan(
        np.asarray(message.ranges), message.angle_min, message.angle_increment, message.range_min, message.range_max
    )
    return evidence_of_points(frame.depth, frame.camera, points, to_camera, may_shift=False)


def evidence_of_range_message(message: Range, frame: Frame, to_camera: np.ndarray) -> Evidence:
    """Compare a frame with a sensor_msgs/Range; otherwise as :func:`evidence_of_cloud_message`."""
    if not message.min_range <= message.range <= message.max_range or not np.isfinite(message.range):
        raise UnsupportedFitError(
            f'range {message.range:g} m is outside {message.min_range:g} to {message.max_range:g} m: no echo'
        )
    return evidence_of_range(frame.depth, frame.camera, message.range, message.field_of_view, to_camera)


def add_odometry_message(message: Odometry, poses: PoseBuffer) -> None:
    """Add the pose of a nav_msgs/Odometry to those of other times."""
    p, o = message.pose.pose.position, message.pose.pose.orientation
    poses.add(stamp_of(message), (p.x, p.y, p.z), (o.x, o.y, o.z, o.w))


# For each source of scale: the type of its messages, and the function that compares one.
COMPARISONS: dict[str, tuple[str, Comparison]] = {
    'points': ('sensor_msgs/msg/PointCloud2', evidence_of_cloud_message),
    'scan': ('sensor_msgs/msg/LaserScan', evidence_of_scan_message),
    'range': ('sensor_msgs/msg/Range', evidence_of_range_message),
}
GROUND, ODOMETRY = 'ground', 'odometry'
SOURCES = (*COMPARISONS, ODOMETRY, GROUND)
