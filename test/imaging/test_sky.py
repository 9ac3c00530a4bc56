# SPDX-License-Identifier: Apache-2.0
"""Matches in what looks like sky are taken back; only what nothing matches is labelled, and walls keep theirs."""

import numpy as np
import pytest

from optidepthnet_ros.imaging.sky import mask_sky

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
    """Everything is matched, but for four fifths of the sky."""
    disparity = np.full(image.shape, 10, np.float32)
    disparity[:16, :30] = np.nan
    return disparity


def test_a_smeared_match_in_the_sky_is_taken_back(image, disparity):
    for label, value in (True, 0), (False, np.nan):
        mended = mask_sky(image, disparity, label=label)
        np.testing.assert_array_equal(mended[SKY], np.float32(value))
        assert not (mended[17, :24] == 10).any()  # smeared from the trees
        np.testing.assert_array_equal(mended[22:], 10)


def test_a_texture_and_a_matched_wall_keep_their_matches(image, disparity):
    mended = mask_sky(image, disparity, label=True)
    np.testing.assert_array_equal(mended[HOUSE], 10)
    np.testing.assert_array_equal(mended[WALL], 10)


def test_no_match_of_a_saturated_area_is_believed(image, disparity):
    image[WALL] = 255
    assert np.isnan(mask_sky(image, disparity, label=True)[:10, 62:]).all()


def test_an_area_that_is_matched_in_part_is_not_called_sky(image, disparity):
    disparity[:, :14] = 10
    assert np.isnan(mask_sky(image, disparity, label=True)[SKY]).all()
