# SPDX-License-Identifier: Apache-2.0
"""Ground that is estimated too near or tilted, or is missing, in a world of boxes."""

import math

import numpy as np
import pytest

from optidepthnet_ros.obstacles.mounting import Mounting
from optidepthnet_ros.obstacles.nearest import ObstacleRules, SectorView
from optidepthnet_ros.obstacles.sectors import Sectors
from optidepthnet_ros.obstacles.seen_ground import over_seen_ground

MOUNTING = Mounting(0.3, 0.0, 0.5)
RULES = ObstacleRules(min_height=0.05, max_height=1.0, max_range=2.5)
CRATE = (1.5, 2.0), (-0.3, 0.3), (0.0, 0.5)


def ahead(camera, mounting, depth):
    view = SectorView(camera, mounting, Sectors.of_camera(camera, 0.1), RULES, min_depth=0.1, max_depth=20.0)
    return view.nearest(depth)[len(view.in_view) // 2]


def test_ground_estimated_too_near_is_an_obstacle_unless_the_seen_plane_is_used(camera, look):
    depth = 0.8 * look(MOUNTING)
    assert ahead(camera, MOUNTING, depth) < 1.0
    seen = over_seen_ground(depth, camera, MOUNTING)
    assert (seen.pitch, seen.roll, seen.height) == pytest.approx((0.3, 0.0, 0.4), abs=0.006)
    assert ahead(camera, seen, depth) == math.inf


def test_an_obstacle_on_the_seen_ground_remains(camera, look):
    depth = 0.8 * look(MOUNTING, CRATE)
    assert ahead(camera, over_seen_ground(depth, camera, MOUNTING), depth) == pytest.approx(1.2, rel=0.02)


def test_the_pitch_of_a_braking_robot_is_found(camera, look):
    depth = look(Mounting(0.33, 0.01, 0.5))
    seen = over_seen_ground(depth, camera, MOUNTING)
    assert (seen.pitch, seen.roll) == pytest.approx((0.33, 0.01), abs=0.006)


@pytest.mark.parametrize('factor', [0.6, 1.4, math.nan])
def test_a_plane_that_cannot_be_the_ground_does_not_change_the_mounting(camera, look, factor):
    assert over_seen_ground(np.float32(factor) * look(MOUNTING), camera, MOUNTING) == MOUNTING


def test_no_plane_is_fitted_without_a_height(camera, look):
    level = Mounting(0.3)
    assert over_seen_ground(look(MOUNTING), camera, level) is level
