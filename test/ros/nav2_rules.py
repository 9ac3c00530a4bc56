"""The rules of Nav2's obstacle layer and collision monitor for scans, as their sources have them; the robot rests.

navigation2 a3a9704: ``obstacle_layer.cpp`` (laserScanValidInfCallback, updateBounds, raytraceFreespace),
``observation_buffer.cpp`` (heights first), ``collision_monitor/src/scan.cpp`` and ``source.cpp``.
"""

import json
import math

import numpy as np

RESOLUTION = 0.05  # metres


class ObstacleLayer:
    """Cells that are marked: indices of x and y in a grid around the camera."""

    def __init__(self, parameters, camera_height):
        self._p = parameters
        self._height = camera_height
        self.marked = set()

    def take(self, scan):
        """Clear along the rays, then mark their ends."""
        source = self._p['depth_scan']
        points = [point for point in _points(scan, source['inf_is_valid']) if self._is_within_heights(source)]
        if source['clearing']:
            for x, y in points:
                self.marked -= _cells_to(x, y, source['raytrace_max_range'])
        for x, y in points if source['marking'] else []:
            if source['obstacle_min_range'] <= math.hypot(x, y) <= source['obstacle_max_range']:
                self.marked.add(_cell(x, y))

    def nearest(self):
        """Return metres to the nearest cell; infinite if there is none."""
        return min((RESOLUTION * math.hypot(*cell) for cell in self.marked), default=math.inf)

    def ahead(self, half_angle):
        """Return metres to the nearest cell within an angle on both sides."""
        near = [cell for cell in self.marked if abs(math.atan2(cell[1], cell[0])) < half_angle]
        return min((RESOLUTION * math.hypot(*cell) for cell in near), default=math.inf)

    def _is_within_heights(self, source):
        limits = self._p['min_obstacle_height'], self._p['max_obstacle_height']
        own = source['min_obstacle_height'], source['max_obstacle_height']
        return limits[0] <= self._height <= limits[1] and own[0] <= self._height <= own[1]


def monitor_stops(parameters, scan, seconds_since):
    """Whether the collision monitor stops, with the camera at the origin of its base frame."""
    if parameters['source_timeout'] and (scan is None or seconds_since > parameters['source_timeout']):
        return True
    zone = parameters['StopAhead']
    corners = np.array(json.loads(zone['points']))
    low, high = corners.min(0), corners.max(0)
    inside = [point for point in _points(scan, False) if (low <= point).all() and (point <= high).all()]
    return len(inside) >= zone['min_points']


def _points(scan, inf_is_valid):
    for index, distance in enumerate(scan.ranges):
        if inf_is_valid and distance == math.inf:
            distance = scan.range_max - 1e-4
        if scan.range_min <= distance <= scan.range_max:
            angle = scan.angle_min + index * scan.angle_increment
            yield np.array([distance * math.cos(angle), distance * math.sin(angle)])


def _cell(x, y):
    return math.floor(x / RESOLUTION), math.floor(y / RESOLUTION)


def _cells_to(x, y, limit):
    """Return the cells that a ray passes, sampled at a tenth of a cell."""
    length = math.hypot(x, y)
    steps = np.arange(0, min(length, limit), RESOLUTION / 10) / max(length, 1e-9)
    return {_cell(x * step, y * step) for step in steps} | ({_cell(x, y)} if length <= limit else set())
