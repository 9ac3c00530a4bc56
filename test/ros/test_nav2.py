# SPDX-License-Identifier: Apache-2.0
"""config/nav2_depth.yaml with Nav2's rules on real scans: an obstacle is marked, and cleared when it is gone."""

import math

import numpy as np
import pytest
import yaml
from house import CAMERA, PARAMETERS, publish_until_received, seen
from sensor_msgs.msg import LaserScan, PointCloud2

from experiments.robot.nav2_rules import ObstacleLayer, SpatioTemporalLayer, VoxelLayer, monitor_stops
from optidepthnet_ros.files.share import share_path
from optidepthnet_ros.geometry.depth import mark_out_of_range
from optidepthnet_ros.messages.point_cloud import points_from_message
from optidepthnet_ros.obstacles.mounting import Mounting
from optidepthnet_ros.ros.conversions.point_cloud_message import CloudOptions, write_cloud

HEIGHT, AHEAD = PARAMETERS.camera_height, math.radians(8)


@pytest.fixture
def config():
    return yaml.safe_load(share_path('config', 'nav2_depth.yaml').read_text())


@pytest.fixture
def layer(config):
    return ObstacleLayer(config['local_costmap']['local_costmap']['ros__parameters']['depth_layer'], HEIGHT)


@pytest.fixture
def scan_of(obstacle_outputs, robot):
    scans = robot.listen(LaserScan, 'depth/scan')
    return lambda name: publish_until_received(robot, obstacle_outputs, seen(name), PARAMETERS, scans)[0]


def test_a_crate_is_marked_and_cleared(layer, scan_of):
    layer.take(scan_of('free'))
    free = set(layer.marked)
    assert layer.ahead(AHEAD) == math.inf and layer.nearest() == pytest.approx(2.3, rel=0.05)
    layer.take(scan_of('crate'))
    assert layer.ahead(AHEAD) == pytest.approx(1.2, abs=0.1)
    layer.take(scan_of('free'))
    assert layer.marked == free


def test_a_free_sector_marks_nothing_at_the_end_of_the_range(layer, scan_of):
    """Nav2 turns +Inf into a point there, which must not be marked."""
    scan = scan_of('free')
    assert np.isposinf(scan.ranges).any()
    layer.take(scan)
    assert not [cell for cell in layer.marked if math.hypot(*cell) * 0.05 > 4.85]


def test_unknown_neither_marks_nor_clears(layer, scan_of):
    layer.take(scan_of('crate'))
    marked = set(layer.marked)
    unknown = scan_of('free')
    unknown.ranges = [math.nan] * len(unknown.ranges)
    layer.take(unknown)
    assert layer.marked == marked


def test_a_camera_outside_the_height_limits_marks_nothing(config, scan_of):
    """All points of a scan are at the height of the camera: check this first if no obstacle appears."""
    layer = ObstacleLayer(config['local_costmap']['local_costmap']['ros__parameters']['depth_layer'], 2.1)
    layer.take(scan_of('crate'))
    assert not layer.marked


@pytest.fixture
def mounting():
    p = PARAMETERS
    return Mounting(p.obstacles_camera_pitch, p.obstacles_camera_roll, p.camera_height)


@pytest.fixture
def points_of(mounting):
    """Return a function that returns the points of depth/points in the costmap's frame."""

    def points(name):
        depth = mark_out_of_range(seen(name).copy(), PARAMETERS.min_depth, 6.0)
        message = PointCloud2()
        write_cloud(message, depth, CAMERA, None, CloudOptions(decimation=2, far_depth=6.06))
        return points_from_message(message).astype(float) @ mounting.rotation.T + (0, 0, HEIGHT)

    return points


def test_a_crate_is_marked_and_cleared_in_voxels(config, points_of):
    voxels = VoxelLayer(config['local_costmap']['local_costmap']['ros__parameters']['depth_voxel_layer'])
    origin = np.array([0, 0, HEIGHT])
    for name, near in (('free', math.inf), ('crate', 1.2), ('free', math.inf)):
        voxels.take(points_of(name), origin)
        assert voxels.ahead(0.2) == pytest.approx(near, abs=0.1), name


def test_a_crate_is_marked_and_later_cleared_by_the_spatio_temporal_layer(config, points_of, mounting):
    """At 5 Hz, it is cleared within 0.8 s after it is gone, and not at all while it is there."""
    parameters = config['local_costmap']['local_costmap']['ros__parameters']['depth_stvl_layer']
    width, height = 2 * np.arctan(np.array([CAMERA.width / CAMERA.fx, CAMERA.height / CAMERA.fy]) / 2) + 0.06
    parameters['depth_points'] |= {'horizontal_fov_angle': width, 'vertical_fov_angle': height}
    layer = SpatioTemporalLayer(parameters)
    seen_at = ['free'] * 3 + ['crate'] * 10 + ['free'] * 5
    ahead = []
    for number, name in enumerate(seen_at):
        layer.take(points_of(name), np.array([0, 0, HEIGHT]), mounting.rotation, number / 5)
        ahead.append(layer.ahead(0.2))
    assert ahead[:3] == [math.inf] * 3 and ahead[3:13] == pytest.approx([1.2] * 10, abs=0.1)
    assert ahead[13] < 1.3 and ahead[-1] == math.inf


def test_the_collision_monitor_stops_in_front_of_a_crate_and_without_scans(config, scan_of):
    monitor = config['collision_monitor']['ros__parameters']
    monitor['StopAhead']['points'] = '[[1.3, 0.3], [1.3, -0.3], [0.0, -0.3], [0.0, 0.3]]'
    assert monitor_stops(monitor, scan_of('crate'), 0.1)
    assert not monitor_stops(monitor, scan_of('free'), 0.1)
    assert monitor_stops(monitor, scan_of('free'), 1.1) and monitor_stops(monitor, None, 0.0)


def test_the_ranges_match_those_of_the_node(config):
    """Marking must end before the range of the scan, clearing must not."""
    layers = config['local_costmap']['local_costmap']['ros__parameters']
    scan, points = layers['depth_layer']['depth_scan'], layers['depth_voxel_layer']['depth_points']
    assert scan['obstacle_max_range'] < PARAMETERS.obstacles_max_range <= scan['raytrace_max_range']
    assert points['obstacle_max_range'] < points['raytrace_max_range'] < PARAMETERS.max_depth
    view = layers['depth_stvl_layer']['depth_points']
    end = view['max_z'] * math.cos(view['horizontal_fov_angle'] / 2) * math.cos(view['vertical_fov_angle'] / 2)
    assert view['obstacle_range'] < end
