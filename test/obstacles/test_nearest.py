# SPDX-License-Identifier: Apache-2.0
"""Obstacles, free sectors and unknown sectors in a world with exact depth."""

import math

import numpy as np
import pytest

from optidepthnet_ros.obstacles.mounting import Mounting
from optidepthnet_ros.obstacles.nearest import ObstacleRules, SectorView
from optidepthnet_ros.obstacles.sectors import Sectors

WIDTH = math.radians(3)
LEVEL, DOWN = Mounting(height=0.5), Mounting(pitch=math.radians(20), height=0.5)
MOUNTINGS = [
    LEVEL,
    DOWN,
    Mounting(pitch=math.radians(-10), height=0.5),
    Mounting(pitch=math.radians(15), roll=math.radians(12), height=0.5),
]
WALL = (3.0, 3.1), (-9.0, 9.0), (0.0, 3.0)
CRATE = (2.0, 2.4), (-0.2, 0.2), (0.0, 0.3)


@pytest.fixture
def make_view(camera):
    def make(mounting, min_depth=0.1, max_depth=80.0, **rules):
        rules = {'min_height': 0.1, 'max_height': 1.0, 'max_range': 5.0, **rules}
        return SectorView(
            camera,
            mounting,
            Sectors.of_camera(camera, WIDTH),
            ObstacleRules(**rules),
            min_depth=min_depth,
            max_depth=max_depth,
        )

    return make


@pytest.mark.parametrize('mounting', MOUNTINGS)
def test_bare_ground_is_free_whatever_the_tilt_of_the_camera(make_view, look, mounting):
    scan = make_view(mounting).nearest(look(mounting))
    assert np.isposinf(scan[2:-2]).all() and not np.isfinite(scan).any()


@pytest.mark.parametrize('mounting', MOUNTINGS)
def test_a_wall_is_at_its_distance_in_every_sector(make_view, look, mounting):
    view = make_view(mounting)
    inner = np.abs(view.sectors.angles()) < math.radians(25)
    scan = view.nearest(look(mounting, WALL))[inner]
    near_side = np.maximum(np.abs(view.sectors.angles()[inner]) - WIDTH / 2, 0)
    far_side = np.abs(view.sectors.angles()[inner]) + WIDTH / 2
    assert (scan >= 0.999 * 3 / np.cos(near_side)).all() and (scan <= 1.001 * 3 / np.cos(far_side)).all()


@pytest.mark.parametrize('mounting', MOUNTINGS)
def test_a_crate_is_in_its_sectors_and_the_other_sectors_are_free(make_view, look, mounting):
    view = make_view(mounting)
    scan = view.nearest(look(mounting, CRATE))
    angles = np.degrees(view.sectors.angles())
    inside, outside = np.abs(angles) < 4, (np.abs(angles) > 8) & (np.abs(angles) < 25)
    np.testing.assert_allclose(scan[inside], 2.0, rtol=0.01)
    assert np.isposinf(scan[outside]).all()


def test_only_obstacles_in_the_height_band_count(make_view, look):
    """What the robot drives over or under is free; what it would hit is not."""
    kerb, bar, beam = (2, 3), (2, 3), (2, 3)
    depth = look(LEVEL, (kerb, (-9, 9), (0, 0.09)), (bar, (-9, 9), (1.01, 1.2)))
    assert np.isposinf(make_view(LEVEL).nearest(depth)[2:-2]).all()
    depth = look(LEVEL, (beam, (-9, 9), (0.8, 1.2)))
    assert make_view(LEVEL).nearest(depth)[10] == pytest.approx(2, rel=0.02)


def test_ground_measured_too_near_is_free_up_to_the_minimum_height(make_view, look):
    """Ground measured too near by a fraction seems raised by the same fraction of the camera's height."""
    ground = look(LEVEL)
    assert np.isposinf(make_view(LEVEL, min_height=0.1).nearest(0.81 * ground)[2:-2]).all()
    assert np.isfinite(make_view(LEVEL, min_height=0.1).nearest(0.78 * ground)[2:-2]).all()


def test_flying_pixels_are_not_an_obstacle(make_view, look):
    depth = look(LEVEL)
    depth[50:53, 80:83] = 1.0
    assert np.isposinf(make_view(LEVEL, min_pixels=10).nearest(depth)[2:-2]).all()
    assert make_view(LEVEL, min_pixels=9).nearest(depth).min() == pytest.approx(1, rel=1e-3)


def test_a_few_wrong_pixels_do_not_bring_a_wall_nearer(make_view, look):
    """A sector of the wall has about 200 pixels; 2 % may be wrong."""
    depth = look(LEVEL, WALL)
    middle = int(np.argmin(np.abs(make_view(LEVEL).sectors.angles())))
    depth[50, 79:82] = 0.7
    assert make_view(LEVEL, min_pixels=1).nearest(depth)[middle] == pytest.approx(3, rel=0.01)
    assert make_view(LEVEL, min_pixels=1, near_share=0.0).nearest(depth)[middle] == pytest.approx(0.7, rel=0.01)


def test_unknown_is_unknown_and_not_free(make_view, look):
    depth = look(LEVEL)
    assert np.isnan(make_view(LEVEL).nearest(np.full_like(depth, np.nan))).all()
    depth[:64] = np.nan  # all rows that look beyond the ground in front of the robot
    assert np.isnan(make_view(LEVEL).nearest(depth)).all()


def test_a_sector_with_a_half_unknown_band_is_unknown_unless_it_shows_an_obstacle(make_view, look):
    free, crate = look(LEVEL), look(LEVEL, CRATE)
    for depth in (free, crate):
        depth[:60] = np.nan
    middle = len(make_view(LEVEL).in_view) // 2
    assert np.isnan(make_view(LEVEL).nearest(free)[middle])
    assert np.isposinf(make_view(LEVEL, known_share=0.1).nearest(free)[middle])
    assert make_view(LEVEL).nearest(crate)[middle] == pytest.approx(2, rel=0.01)


def test_a_sector_is_not_free_if_the_camera_does_not_see_that_far(make_view, look):
    """The camera looks at the ground: it sees the band up to 0.9 m, and the rest is unknown."""
    steep = Mounting(pitch=math.radians(60), height=0.5)
    assert np.isnan(make_view(steep).nearest(look(steep))).all()
    assert np.isposinf(make_view(steep, max_range=0.7).nearest(look(steep))).any()
    near = (0.6, 0.8), (-0.2, 0.2), (0.0, 0.3)
    scan = make_view(steep).nearest(look(steep, near))
    assert np.nanmin(scan) == pytest.approx(0.6, rel=0.02)


def test_an_object_that_hides_the_band_makes_it_unknown(make_view, look):
    """From above a canopy, the band below it is not visible."""
    flying = Mounting(pitch=math.radians(20), height=2.0)
    rules = {'min_height': 0.1, 'max_height': 1.0, 'max_range': 4.0}
    assert np.isposinf(make_view(flying, **rules).nearest(look(flying))).any()
    canopy = (0.1, 9), (-9, 9), (1.5, 1.6)
    assert np.isnan(make_view(flying, **rules).nearest(look(flying, canopy))).all()


def test_too_near_is_an_obstacle_and_too_far_is_free(make_view, look):
    depth = look(LEVEL, WALL)
    near = np.where(depth < 3.5, -np.inf, depth)
    assert make_view(LEVEL, min_depth=0.4).nearest(near)[10] == pytest.approx(0.4, rel=0.2)
    far = np.full_like(depth, np.inf)
    assert np.isposinf(make_view(LEVEL, max_depth=6.0).nearest(far)[2:-2]).all()
    assert np.isnan(make_view(LEVEL, max_depth=4.0).nearest(far)).all()  # +Inf is free up to 4 m


def test_beyond_the_range_is_free(make_view, look):
    assert np.isposinf(make_view(LEVEL, max_range=2.5).nearest(look(LEVEL, WALL))[2:-2]).all()


def test_sectors_outside_the_view_are_unknown(camera, look):
    rules = ObstacleRules(min_height=0.1, max_height=1.0, max_range=5.0)
    view = SectorView(camera, LEVEL, Sectors.around(72), rules, min_depth=0.1, max_depth=80.0)
    scan = view.nearest(look(LEVEL, WALL))
    assert np.isnan(scan[9:64]).all() and np.isfinite(scan[[0, 1, 5, 67, 71]]).all()
    assert view.in_view[[0, 5, 67]].all() and not view.in_view[36]


def test_large_images_are_decimated_and_give_the_same_ranges(look, camera):
    large = camera.resized(1280, 960)
    rules = ObstacleRules(min_height=0.1, max_height=1.0, max_range=5.0)
    scans = [
        SectorView(one, DOWN, Sectors.around(72), rules, min_depth=0.1, max_depth=80.0).nearest(
            look(DOWN, CRATE, camera=one)
        )
        for one in (camera, large)
    ]
    np.testing.assert_allclose(scans[0][:5], scans[1][:5], rtol=0.02)


def test_depth_of_another_size_is_refused(make_view):
    with pytest.raises(ValueError, match='depth is 4x3, but the camera 160x120'):
        make_view(LEVEL).nearest(np.ones((3, 4), np.float32))
