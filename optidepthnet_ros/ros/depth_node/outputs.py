# SPDX-License-Identifier: Apache-2.0
"""What the depth node publishes for a frame, on topics with subscribers."""

import math

import numpy as np
from rclpy.lifecycle import LifecycleNode
from sensor_msgs.msg import CameraInfo, Image, PointCloud2
from std_msgs.msg import Header
from stereo_msgs.msg import DisparityImage

from optidepthnet_ros.geometry.camera import Camera
from optidepthnet_ros.geometry.depth import all_finite
from optidepthnet_ros.inference import DepthEstimate
from optidepthnet_ros.inference.reliable import reliable_depth
from optidepthnet_ros.ros.conversions.camera_info_message import info_from_camera
from optidepthnet_ros.ros.conversions.disparity_message import write_disparity
from optidepthnet_ros.ros.conversions.image_message import (
    FARTHEST_IN_MILLIMETRES,
    write_depth,
    write_image,
    write_preview,
)
from optidepthnet_ros.ros.conversions.point_cloud_message import CloudOptions, write_cloud
from optidepthnet_ros.ros.depth_node.connections import Connections
from optidepthnet_ros.ros.depth_node.obstacle_outputs import ObstacleOutputs
from optidepthnet_ros.ros.depth_node.output import Output
from optidepthnet_ros.ros.depth_node.parameters import NO_HEIGHT_LIMIT, Parameters
from optidepthnet_ros.ros.support.transforms import Transforms
from optidepthnet_ros.scale.correction import IDENTITY, Correction
from optidepthnet_ros.scale.marks import Marks

# Factor of max_depth at which the points that clear space lie. A map whose own range ends at max_depth then marks
# none of them as an obstacle.
_BEYOND = 1.01

# Topics of the depth node; remapping and namespace apply.
OUTPUTS = {
    'depth/camera_info': CameraInfo,
    'depth/image_rect': Image,
    'depth/points': PointCloud2,
    'depth/confidence': Image,
    'depth/disparity': DisparityImage,
    'depth/preview': Image,
}


class DepthOutputs:
    """The publishers of the depth node. Nothing is computed for a topic without a subscription."""

    def __init__(self, node: LifecycleNode, connections: Connections, transforms: Transforms | None = None):
        """Create the publishers.

        :param transforms: for ``obstacles.base_frame``; None: it is not used
        """
        self._outputs = {
            topic: Output(node, connections, message_type, topic) for topic, message_type in OUTPUTS.items()
        }
        self._obstacles = ObstacleOutputs(node, connections, transforms)

    def destroy(self) -> None:
        """Destroy the publishers."""
        for output in self._outputs.values():
            output.destroy()
        self._obstacles.destroy()

    def need_depth(self) -> bool:
        """Whether a topic that needs an estimate has subscribers."""
        images = (output for topic, output in self._outputs.items() if topic != 'depth/camera_info')
        return any(output.is_heard() for output in images) or self._obstacles.are_heard()

    def need_confidence(self, parameters: Parameters) -> bool:
        """Whether confidence has subscribers, or decides which depth is published."""
        p, cloud = parameters, self._outputs['depth/points']
        in_cloud = (p.cloud_confidence > 0 or p.cloud_confidence_field) and cloud.is_heard()
        return self._outputs['depth/confidence'].is_heard() or p.confidence_threshold > 0 or in_cloud

    def publish_camera(self, header: Header, camera: Camera) -> None:
        """Publish only the intrinsics of the depth image."""
        if self._outputs['depth/camera_info'].is_heard():
            self._outputs['depth/camera_info'].publish(info_from_camera(camera, header))

    def publish(
        self,
        header: Header,
        estimate: DepthEstimate,
        image: np.ndarray,
        parameters: Parameters,
        correction: Correction = IDENTITY,
        marks: Marks | None = None,
    ) -> None:
        """Publish an estimate, whose depth is changed in place, and everything derived from it.

        :param image: uint8 (H, W, 3) BGR or (H, W) gray
        :param correction: already applied to the estimate's depth
        :param marks: for the preview; None: none
        """
        p, camera = parameters, estimate.view.camera
        depth = depth_to_publish(estimate, p)
        self.publish_camera(header, camera)  # first, for subscribers that keep the latest
        self._outputs['depth/image_rect'].fill_and_publish(header, _write_depth, depth, p)
        self._outputs['depth/points'].fill_and_publish(header, _write_cloud, depth, estimate, image, p)
        if estimate.confidence is not None:  # None: the subscriber came after the estimate
            self._outputs['depth/confidence'].fill_and_publish(header, write_image, estimate.confidence, '32FC1')
        self._outputs['depth/disparity'].fill_and_publish(
            header, write_disparity, depth, estimate, p.min_depth, p.max_depth
        )
        self._outputs['depth/preview'].fill_and_publish(header, write_preview, depth, p.min_depth, p.max_depth, marks)
        self._obstacles.publish(header, depth, camera, p, correction)


def depth_to_publish(estimate: DepthEstimate, parameters: Parameters) -> np.ndarray:
    """Return the depth of an estimate, changed in place according to the node's parameters."""
    p = parameters
    return reliable_depth(
        estimate,
        min_depth=p.min_depth,
        max_depth=p.max_depth,
        edge_filter_threshold=p.edge_filter_threshold,
        confidence_threshold=p.confidence_threshold,
        unknown_beyond=p.farthest_known,
    )


def _write_depth(message: Image, depth: np.ndarray, p: Parameters) -> None:
    if p.unknown_as:
        farthest = min(p.max_depth, FARTHEST_IN_MILLIMETRES) if p.depth_encoding == '16UC1' else p.max_depth
        depth = all_finite(np.minimum(depth, np.float32(farthest)), p.unknown_as, p.min_depth, farthest)
    write_depth(message, depth, p.depth_encoding)


def _write_cloud(
    message: PointCloud2, depth: np.ndarray, estimate: DepthEstimate, image: np.ndarray, p: Parameters
) -> None:
    confidence = estimate.confidence  # None if it was requested after the estimate
    if p.cloud_confidence and confidence is not None:
        depth = np.where(confidence < np.float32(p.cloud_confidence), np.float32(np.nan), depth)
    write_cloud(
        message,
        depth,
        estimate.view.camera,
        image if p.cloud_colour else None,
        _cloud_options(p),
        confidence if p.cloud_confidence_field else None,
    )


def _cloud_options(parameters: Parameters) -> CloudOptions:
    p = parameters
    return CloudOptions(
        decimation=p.decimation,
        min_height=p.min_height if p.min_height > -NO_HEIGHT_LIMIT else -math.inf,
        max_height=p.max_height if p.max_height < NO_HEIGHT_LIMIT else math.inf,
        far_depth=_BEYOND * p.max_depth if p.far_points == 'clear_at_max_range' else None,
        dense=p.filter_nans,
    )
