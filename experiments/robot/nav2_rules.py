# SPDX-License-Identifier: Apache-2.0
"""The rules of Nav2's obstacle layers and collision monitor, from their sources.

navigation2 a3a9704: ``obstacle_layer.cpp`` (laserScanValidInfCallback, updateBounds, raytraceFreespace),
``voxel_layer.cpp``, ``observation_buffer.cpp`` (heights first), ``collision_monitor/src/scan.cpp`` and ``source.cpp``;
spatio_temporal_voxel_layer 403d9ed: ``spatio_temporal_voxel_grid.cpp`` and ``depth_camera_frustum.cpp``.
"""

import json
import math
from collections.abc import Iterator
from typing import Any, TypeAlias

import numpy as np
from sensor_msgs.msg import LaserScan

Cell: TypeAlias = tuple[int, int]


class ObstacleLayer:
    """Marked cells: indices of x and y in a fixed grid.

    :param parameters: parameters of the layer
    :param camera_height: metres, in the frame of the costmap
    :param resolution: size of a cell in metres
    """

    def __init__(self, parameters: dict[str, Any], camera_height: float, resolution: float = 0.05):
        self._p = parameters
        self._height = camera_height
        self.resolution = resolution
        self.marked: set[Cell] = set()

    def take(self, scan: LaserScan, pose: tuple[float, float, float] = (0.0, 0.0, 0.0)) -> None:
        """Clear along the rays, then mark their ends.

        :param pose: pose of the camera: metres, metres, radians
        """
        source = self._p['depth_scan']
        points = [point for point in _points(scan, source['inf_is_valid']) if self._is_within_heights(source)]
        ends = [(math.hypot(*point), _moved(point, pose)) for point in points]
        if source['clearing']:
            for distance, end in ends:
                self.marked -= self._cells_to(np.array(pose[:2]), end, distance, source['raytrace_max_range'])
        for distance, end in ends if source['marking'] else []:
            if source['obstacle_min_range'] <= distance <= source['obstacle_max_range']:
                self.marked.add(self._cell(end))

    def nearest(self) -> float:
        """Return metres from the origin to the nearest cell; infinite if there is none."""
        return self.ahead(math.pi)

    def ahead(self, half_angle: float) -> float:
        """Return metres from the origin to the nearest cell within an angle on both sides."""
        near = [cell for cell in self.marked if abs(math.atan2(cell[1], cell[0])) <= half_angle]
        return min((self.resolution * math.hypot(*cell) for cell in near), default=math.inf)

    def _is_within_heights(self, source: dict[str, Any]) -> bool:
        limits = self._p['min_obstacle_height'], self._p['max_obstacle_height']
        own = source['min_obstacle_height'], source['max_obstacle_height']
        return bool(limits[0] <= self._height <= limits[1] and own[0] <= self._height <= own[1])

    def _cell(self, point: np.ndarray) -> Cell:
        return math.floor(point[0] / self.resolution), math.floor(point[1] / self.resolution)

    def _cells_to(self, start: np.ndarray, end: np.ndarray, length: float, limit: float) -> set[Cell]:
        """Return the cells that a ray passes, sampled at a tenth of a cell."""
        steps = np.arange(0, min(length, limit), self.resolution / 10) / max(length, 1e-9)
        passed = np.floor((start + steps[:, np.newaxis] * (end - start)) / self.resolution).astype(int)
        return set(map(tuple, passed.tolist())) | ({self._cell(end)} if length <= limit else set())


class VoxelLayer:
    """Marked voxels: indices of x, y and z in a fixed grid.

    :param parameters: parameters of the layer
    :param resolution: size of a cell in metres
    """

    def __init__(self, parameters: dict[str, Any], resolution: float = 0.05):
        self._p, self._source = parameters, parameters[parameters['observation_sources']]
        self._size = np.array([resolution, resolution, parameters['z_resolution']])
        self._resolution = resolution
        self.marked: set[tuple[int, int, int]] = set()

    def take(self, points: np.ndarray, origin: np.ndarray) -> None:
        """Clear along the rays, then mark their ends.

        :param points: (N, 3) in the frame of the costmap
        :param origin: (3,) of the camera there
        """
        source, heights = self._source, points[:, 2]
        with np.errstate(invalid='ignore'):  # of NaN, which is not kept
            kept = (heights >= source['min_obstacle_height']) & (heights <= source['max_obstacle_height'])
        points = points[kept]
        distances = np.linalg.norm(points - origin, axis=1)
        if source['clearing'] and self._is_inside(origin):
            for point, distance in zip(points, distances):
                self._clear(point, distance, origin)
        if source['marking']:
            self._mark(points[(distances < source['obstacle_max_range']) & (distances >= source['obstacle_min_range'])])

    def ahead(self, half_width: float) -> float:
        """Return metres from the origin to the nearest marked column in a corridor along x."""
        near = [cell[0] for cell in self.marked if abs(cell[1]) * self._resolution < half_width]
        return min((self._resolution * cell for cell in near), default=math.inf)

    def _is_inside(self, point: np.ndarray) -> bool:
        top = self._p['origin_z'] + self._p['z_voxels'] * self._p['z_resolution']
        return bool(self._p['origin_z'] <= point[2] < top)

    def _index(self, points: np.ndarray) -> np.ndarray:
        return np.floor((points - (0, 0, self._p['origin_z'])) / self._size).astype(int)

    def _mark(self, points: np.ndarray) -> None:
        low, high = self._p['min_obstacle_height'], self._p['max_obstacle_height']
        points = points[(points[:, 2] >= low) & (points[:, 2] <= high)].copy()
        points[:, 2] = np.maximum(points[:, 2], self._p['origin_z'])
        index = self._index(points)
        self.marked |= set(map(tuple, index[index[:, 2] < self._p['z_voxels']].tolist()))

    def _clear(self, point: np.ndarray, distance: float, origin: np.ndarray) -> None:
        """Clear to two cells before a point, and to the range, within the height of the voxels."""
        end = min(distance - 2 * self._resolution, self._source['raytrace_max_range'])
        steps = np.arange(self._source['raytrace_min_range'], max(end, 0), self._resolution / 5)
        passed = self._index(origin + steps[:, np.newaxis] * (point - origin) / distance)
        self.marked -= set(map(tuple, passed.tolist()))


class SpatioTemporalLayer:
    """Marked voxels and their apparent time in seconds: no ray is traced, but voxels in view age faster.

    :param parameters: parameters of the layer
    """

    def __init__(self, parameters: dict[str, Any]):
        self._p, self._source = parameters, parameters[parameters['observation_sources']]
        self.marked: dict[tuple[int, int, int], float] = {}

    def take(self, points: np.ndarray, origin: np.ndarray, rotation: np.ndarray, seconds: float) -> None:
        """Remove old voxels, then mark.

        :param points: (N, 3) in the frame of the costmap
        :param origin: (3,) of the camera there
        :param rotation: (3, 3) takes optical axes there
        :param seconds: current time
        """
        for voxel, since in list(self.marked.items()):
            age, sooner = seconds - since, 0.0
            if self._is_in_view((self._p['voxel_size'] * np.array(voxel) - origin) @ rotation):
                sooner = self._source['decay_acceleration'] / 6 * age**3
            self.marked[voxel] = since - sooner
            if self._p['voxel_decay'] - age - sooner < 0:
                del self.marked[voxel]
        source, distances, heights = self._source, np.linalg.norm(points - origin, axis=1), points[:, 2]
        with np.errstate(invalid='ignore'):  # of NaN, which is not kept
            kept = (heights >= source['min_obstacle_height']) & (heights <= source['max_obstacle_height'])
            kept &= distances <= source['obstacle_range']
        index = np.floor(points[kept] / self._p['voxel_size']).astype(int)
        self.marked |= dict.fromkeys(map(tuple, index.tolist()), seconds)

    def ahead(self, half_width: float) -> float:
        """Return metres from the origin to the nearest marked column in a corridor along x."""
        near = [self._p['voxel_size'] * x for x, y, _ in self.marked if abs(y) * self._p['voxel_size'] < half_width]
        return min(near, default=math.inf)

    def _is_in_view(self, point: np.ndarray) -> bool:
        """Whether a point (3,) of the optical frame lies in the pyramid, whose edges (not its axis) are max_z long."""
        half = np.array([self._source['horizontal_fov_angle'], self._source['vertical_fov_angle']]) / 2
        along = math.cos(half[0]) * math.cos(half[1])
        if not self._source['min_z'] * along <= point[2] <= self._source['max_z'] * along:
            return False
        sides = point[2] * np.tan(half) / (math.cos(half[1]), 1)
        return bool((np.abs(point[:2]) <= sides).all())


def monitor_stops(parameters: dict[str, Any], scan: LaserScan | None, seconds_since: float) -> bool:
    """Whether the collision monitor stops, with the camera at the origin of its base frame."""
    if parameters['source_timeout'] and (scan is None or seconds_since > parameters['source_timeout']):
        return True
    zone = parameters['StopAhead']
    corners = np.array(json.loads(zone['points']))
    low, high = corners.min(0), corners.max(0)
    inside = [point for point in _points(scan, False) if (low <= point).all() and (point <= high).all()]
    return len(inside) >= zone['min_points']


def _points(scan: LaserScan | None, inf_is_valid: bool) -> Iterator[np.ndarray]:
    assert scan is not None
    for index, distance in enumerate(scan.ranges):
        if inf_is_valid and distance == math.inf:
            distance = scan.range_max - 1e-4
        if scan.range_min <= distance <= scan.range_max:
            angle = scan.angle_min + index * scan.angle_increment
            yield np.array([distance * math.cos(angle), distance * math.sin(angle)])


def _moved(point: np.ndarray, pose: tuple[float, float, float]) -> np.ndarray:
    x, y, yaw = pose
    turn = np.array([[math.cos(yaw), -math.sin(yaw)], [math.sin(yaw), math.cos(yaw)]])
    return turn @ point + (x, y)
