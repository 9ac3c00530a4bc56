# SPDX-License-Identifier: Apache-2.0
"""Pictures with different exposures look alike to the network."""

import numpy as np
import pytest

from optidepthnet_ros.imaging.exposure import STRONGEST, TYPICAL, exposed, exposure_gain


def seen(image):
    return exposed(image, exposure_gain(image))


@pytest.fixture
def picture():
    """Grey values 0 to 120, of which half lie above 60."""
    return np.tile(np.arange(121, dtype=np.uint8), (7, 1))


@pytest.mark.parametrize('factor', [0.5, 1, 2])
def test_the_median_is_the_typical_one(picture, factor):
    again = seen((picture * factor).astype(np.uint8))
    assert again.dtype == np.float32 and again.shape == picture.shape
    np.testing.assert_allclose(again, seen(picture), atol=2.5 / 255)  # half the brightness has coarser steps
    assert np.median(again) * 255 == pytest.approx(TYPICAL, abs=2.5)


def test_clipped_values_do_not_change_the_others(picture):
    """At three times the brightness a third is saturated; the median and all values below it stay the same."""
    bright = np.minimum(picture.astype(int) * 3, 255).astype(np.uint8)
    unclipped = bright < 255
    np.testing.assert_allclose(seen(bright)[unclipped], seen(picture)[unclipped], atol=0.005)


def test_white_is_dimmed_and_the_gain_of_black_is_limited():
    assert seen(np.full((4, 4, 3), 255, np.uint8)).max() == pytest.approx(TYPICAL / 255, abs=1e-3)
    assert exposure_gain(np.zeros((4, 4), np.uint8)) == STRONGEST
    assert exposure_gain(np.full((4, 4), 1, np.uint8)) == STRONGEST
    high = np.array([[10, 10, 250]], np.uint8)
    assert seen(high).max() == 1
