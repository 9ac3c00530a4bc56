# SPDX-License-Identifier: Apache-2.0
"""What the depth node publishes for obstacle avoidance: scans, and the nearest obstacle."""

from functools import lru_cache

import numpy as np
from rclpy.lifecycle import LifecycleNode
from sensor_msgs.msg import LaserScan, Range
from std_msgs.msg import Float32, Header

from optidepthnet_ros.geometry.camera import Camera
from optidepthnet_ros.messages.header import nanoseconds
from optidepthnet_ros.obstacles.approach import Approach, nearest_of
from optidepthnet_ros.obstacles.flight_controller import SECTORS, shared_with_neighbours
from optidepthnet_ros.obstacles.mounting import Mounting
from optidepthnet_ros.obstacles.nearest import ObstacleRules, SectorView
from optidepthnet_ros.obstacles.sectors import Sectors
from optidepthnet_ros.obstacles.seen_ground import over_seen_ground
from optidepthnet_ros.ros.conversions.obstacle_messages import (
    write_number,
    write_range,
    write_scan,
    write_scan_for_mavros,
)
from optidepthnet_ros.ros.conversions.px4_message import obstacle_distance_type, write_obstacle_distance
from optidepthnet_ros.ros.depth_node.connections import Connections
from optidepthnet_ros.ros.depth_node.level_broadcaster import LevelBroadcaster
from optidepthnet_ros.ros.depth_node.output import Output
from optidepthnet_ros.ros.depth_node.parameters import Parameters
from optidepthnet_ros.ros.support.log import REPEAT_AFTER
from optidepthnet_ros.ros.support.transforms import Transforms
from optidepthnet_ros.scale.correction import IDENTITY, Correction

# Topics in addition to those of outputs.py; PX4_OUTPUT only if px4_msgs is installed.
OBSTACLE_OUTPUTS = {
    'depth/scan': LaserScan,
    'depth/nearest': Range,
    'depth/time_to_contact': Float32,
    'depth/obstacle_distance': LaserScan,
}
PX4_OUTPUT = 'fmu/in/obstacle_distance'
_VEHICLE = 'base_link_frd'  # its frame_id in MAVROS

_view = lru_cache(maxsize=16)(SectorView)  # made only when camera, mounting or parameters change; about 4 MB each


class ObstacleOutputs:
    """The publishers, and their state from frame to frame."""

    def __init__(self, node: LifecycleNode, connections: Connections, transforms: Transforms | None = None):
        """Create the publishers.

        :param transforms: give the pose of the camera above ``obstacles.base_frame``; None: parameters give it
        """
        topics = dict(OBSTACLE_OUTPUTS)
        if px4_type := obstacle_distance_type():
            topics[PX4_OUTPUT] = px4_type
        self._outputs = {topic: Output(node, connections, kind, topic) for topic, kind in topics.items()}
        self._log = node.get_logger()
        self._transforms = transforms
        self._level = LevelBroadcaster(node)
        self._approach = Approach()

    def destroy(self) -> None:
        """Destroy the publishers."""
        for output in self._outputs.values():
            output.destroy()
        self._level.destroy()
        if self._transforms is not None:
            self._transforms.destroy()

    def are_heard(self) -> bool:
        """Whether any of them has a subscriber."""
        return any(output.is_heard() for output in self._outputs.values())

    def publish(
        self,
        header: Header,
        depth: np.ndarray,
        camera: Camera,
        parameters: Parameters,
        correction: Correction = IDENTITY,
    ) -> None:
        """Publish the topics that have subscribers.

        :param depth: (H, W) float32 metres, range limits applied
        :param correction: already applied to this depth
        """
        if not self.are_heard():
            return
        try:
            mounting = self._mounting(header, parameters)
            if parameters.obstacles_fit_ground:
                mounting = over_seen_ground(depth, camera, mounting)
        except ValueError as error:  # nothing is published, so robots that rely on it stop
            self._log.warning(
                f'no obstacles published: {error}; see obstacles.base_frame', throttle_duration_sec=REPEAT_AFTER
            )
            return
        if self._are_heard('depth/scan', 'depth/nearest', 'depth/time_to_contact'):
            self._publish_level(header, depth, camera, mounting, parameters, correction)
        if self._are_heard('depth/obstacle_distance', PX4_OUTPUT):
            self._publish_circle(header, depth, camera, mounting, parameters)

    def _mounting(self, header: Header, p: Parameters) -> Mounting:
        if self._transforms is None:
            return Mounting(p.obstacles_camera_pitch, p.obstacles_camera_roll, p.camera_height)
        base = self._transforms.lookup(header.frame_id, p.obstacles_base_frame, nanoseconds(header.stamp))
        return Mounting.from_up(base[:3, 2]).rounded() if p.obstacles_level_only else Mounting.above(base)

    def _are_heard(self, *topics: str) -> bool:
        return any(self._outputs[topic].is_heard() for topic in topics if topic in self._outputs)

    def _publish_level(
        self,
        header: Header,
        depth: np.ndarray,
        camera: Camera,
        mounting: Mounting,
        p: Parameters,
        correction: Correction,
    ) -> None:
        """Publish the topics in the levelled frame of the camera."""
        limits = p.min_depth, _max_range(p)
        view = _sector_view(camera, mounting, Sectors.of_camera(camera, p.obstacles_sector_width), p)
        ranges = view.nearest(depth)
        nearest = nearest_of(ranges, view.in_view)
        level = Header(stamp=header.stamp, frame_id=p.obstacles_frame or f'{header.frame_id}_level')
        if not p.obstacles_frame:
            self._level.broadcast(header, mounting, level.frame_id)
        fov = view.sectors.width * view.sectors.number
        contact = self._approach.time_to_contact(1e-9 * nanoseconds(header.stamp), nearest, correction)
        if not np.isnan(ranges).all():
            # Nav2's collision monitor stops the robot without a scan, but treats unknown ranges as free.
            self._outputs['depth/scan'].fill_and_publish(level, write_scan, ranges, view.sectors, *limits)
        self._outputs['depth/nearest'].fill_and_publish(level, write_range, nearest, fov, *limits)
        self._outputs['depth/time_to_contact'].fill_and_publish(None, write_number, contact)

    def _publish_circle(
        self, header: Header, depth: np.ndarray, camera: Camera, mounting: Mounting, p: Parameters
    ) -> None:
        """Publish obstacles around the vehicle, for flight controllers."""
        limits = p.min_depth, _max_range(p)
        view = _sector_view(camera, mounting, Sectors.around(SECTORS, p.obstacles_camera_yaw), p)
        ranges = shared_with_neighbours(view.nearest(depth))
        vehicle = Header(stamp=header.stamp, frame_id=_VEHICLE)
        self._outputs['depth/obstacle_distance'].fill_and_publish(vehicle, write_scan_for_mavros, ranges, *limits)
        if PX4_OUTPUT in self._outputs:
            stamp = nanoseconds(header.stamp)
            self._outputs[PX4_OUTPUT].fill_and_publish(None, write_obstacle_distance, stamp, ranges, *limits)


def _sector_view(camera: Camera, mounting: Mounting, sectors: Sectors, p: Parameters) -> SectorView:
    rules = ObstacleRules(
        p.obstacles_min_height, p.obstacles_max_height, _max_range(p), min_pixels=p.obstacles_min_pixels
    )
    return _view(camera, mounting, sectors, rules, min_depth=p.min_depth, max_depth=p.max_depth)


def _max_range(p: Parameters) -> float:
    """Return the maximum range: nothing is known beyond max_depth."""
    return min(p.obstacles_max_range, p.max_depth)
