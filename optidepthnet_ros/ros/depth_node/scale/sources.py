"""The messages that evidence comes from, by ``scale_source``: how each is compared with a frame."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from sensor_msgs.msg import LaserScan, PointCloud2, Range

from optidepthnet_ros.messages.point_cloud import PointCloudError, points_from_message
from optidepthnet_ros.scale.evidence import Evidence
from optidepthnet_ros.scale.fit import UnsupportedFitError
from optidepthnet_ros.scale.points import evidence_of_points
from optidepthnet_ros.scale.range_cone import evidence_of_range
from optidepthnet_ros.scale.scan import points_of_scan
from optidepthnet_ros.scale.tracker import Frame


@dataclass(frozen=True)
class Source:
    """One kind of message.

    :param compare: gets the message, the frame, and what takes points of the message's frame to the camera, (4, 4)
    """

    message_type: type
    compare: Callable[[Any, Frame, np.ndarray], Evidence]


def _of_points(message: PointCloud2, frame: Frame, to_camera: np.ndarray) -> Evidence:
    try:
        points = points_from_message(message)
    except PointCloudError as error:
        raise UnsupportedFitError(str(error)) from None
    return evidence_of_points(frame.depth, frame.camera, _moved(points, to_camera))


def _of_scan(message: LaserScan, frame: Frame, to_camera: np.ndarray) -> Evidence:
    points = points_of_scan(
        np.asarray(message.ranges), message.angle_min, message.angle_increment, message.range_min, message.range_max
    )
    return evidence_of_points(frame.depth, frame.camera, _moved(points, to_camera), may_shift=False)


def _of_range(message: Range, frame: Frame, to_camera: np.ndarray) -> Evidence:
    if not message.min_range <= message.range <= message.max_range or not np.isfinite(message.range):
        raise UnsupportedFitError(
            f'range {message.range:g} m is outside {message.min_range:g} to {message.max_range:g} m: no echo'
        )
    return evidence_of_range(frame.depth, frame.camera, message.range, message.field_of_view, to_camera)


def _moved(points: np.ndarray, transform: np.ndarray) -> np.ndarray:
    return points @ transform[:3, :3].T.astype(points.dtype) + transform[:3, 3].astype(points.dtype)


# Topics have these names as well; remapping and namespace apply.
SOURCES = {
    'points': Source(PointCloud2, _of_points),
    'scan': Source(LaserScan, _of_scan),
    'range': Source(Range, _of_range),
}
