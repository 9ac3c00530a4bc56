# SPDX-License-Identifier: Apache-2.0
"""Matches in what looks like sky are removed; only areas without matches are labelled, and walls keep theirs.

Where a network has estimated depth, this distinguishes the sky from a wall.
"""

import numpy as np
import pytest

from optidepthnet_ros.imaging.sky import find_sky, mask_sky

UNKNOWN = np.full((60, 80), np.nan, np.float32)
SKY, HOUSE, WALL = np.s_[:14, :24], np.s_[:20, 34:46], np.s_[:14, 56:]


@pytest.fixture
def image():
    image = np.full((60, 80), 60, np.uint8)  # trees and road
    image[:20] = 220  # sky, and a white wall at the right
    image[:20, 30:50] = np.random.default_rng(0).integers(100, 255, (20, 20))  # a bright, textured house
    image[40:50, 20:60] = 220  # a white car
    return image


@pytest.fixture
def disparity(image):
    """Return a disparity that is known everywhere except in four fifths of the sky."""
    disparity = np.full(image.shape, 10, np.float32)
    disparity[:16, :30] = np.nan
    return disparity


def test_a_smeared_match_in_the_sky_is_removed(image, disparity):
    for label, value in (True, 0), (False, np.nan):
        mended = mask_sky(image, disparity, label=label)
        np.testing.assert_array_equal(mended[SKY], np.float32(value))
        assert not (mended[17, :24] == 10).any()  # smeared from the trees
        np.testing.assert_array_equal(mended[22:], 10)


def test_a_textured_house_and_a_matched_wall_keep_their_matches(image, disparity):
    mended = mask_sky(image, disparity, label=True)
    np.testing.assert_array_equal(mended[HOUSE], 10)
    np.testing.assert_array_equal(mended[WALL], 10)


def test_matches_in_a_saturated_area_are_rejected(image, disparity):
    image[WALL] = 255
    assert np.isnan(mask_sky(image, disparity, label=True)[:10, 62:]).all()


def test_a_partly_matched_area_is_not_labelled_sky(image, disparity):
    disparity[:, :14] = 10
    assert np.isnan(mask_sky(image, disparity, label=True)[SKY]).all()


@pytest.fixture
def depth(image):
    """Return depth as a network estimates it: the sky and the house at 30 m, the wall at 6 m."""
    depth = np.full(image.shape, 30, np.float32)
    depth[WALL] = 6
    return depth


def test_sky_is_bright_smooth_at_the_top_and_far(image, depth):
    sky = find_sky(image, depth, 30, UNKNOWN)
    assert sky[SKY].all() and not sky[HOUSE].any() and not sky[WALL].any() and not sky[22:].any()


def test_nothing_below_the_horizon_is_sky(image, depth):
    image[:, :20] = 220  # a bright kerb that reaches the sky
    sky = find_sky(image, depth, 30, UNKNOWN)
    assert sky[29, :12].all() and not sky[30:].any()


def test_what_a_network_does_not_place_far_away_is_not_sky(image, depth):
    depth[SKY] = [[10], [np.nan]] * 7
    assert not find_sky(image, depth, 30, UNKNOWN)[SKY].any()


def test_an_area_that_is_mostly_near_is_not_sky(image, depth):
    depth[:20, :20] = 15
    assert not find_sky(image, depth, 30, UNKNOWN).any()


def test_a_far_wall_that_known_depth_confirms_is_not_sky(image, depth):
    known = depth * np.float32(1.1)
    assert not find_sky(image, depth, 30, known).any()
    known[:, :16] = 90  # a wrong guess: known depth agrees in less than half of the area
    assert find_sky(image, depth, 30, known)[SKY].all()


def test_a_sky_that_fills_most_of_the_picture_is_found(image, depth):
    image[:40], depth[:40] = 220, 30
    assert find_sky(image, depth, 40, UNKNOWN)[:36].all()
