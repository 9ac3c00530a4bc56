# SPDX-License-Identifier: Apache-2.0
"""The temporal filter on synthetic inverse depth: still objects are steadied, moving ones neither lag nor smear."""

import numpy as np
import pytest

from optidepthnet_ros.inference.temporal_filter import TemporalFilter

SHAPE = (60, 80)
FAR, NEAR = 0.1, 0.3
GRAY = np.full(SHAPE, 0.5, np.float32)


@pytest.fixture
def rng():
    return np.random.default_rng(0)


class Camera:
    """Feeds a filter at 10 Hz."""

    def __init__(self, strength=0.7):
        self._filter, self._strength, self.frame = TemporalFilter(), strength, 0

    def __call__(self, inverse, image=GRAY, later=1, source='camera'):
        self.frame += later
        return self._filter(np.float32(inverse), image, source=source, seconds=self.frame / 10, strength=self._strength)


def flicker(frames):
    return np.median(np.abs(np.diff(np.log(frames), axis=0)))


def noisy(rng, inverse):
    return inverse * rng.normal(1, 0.02, SHAPE).astype(np.float32)


@pytest.mark.parametrize('strength, least, most', [(0.0, 0.99, 1.01), (0.5, 0.3, 0.55), (0.9, 0.03, 0.2)])
def test_a_stronger_filter_reduces_flicker_and_keeps_the_mean(rng, strength, least, most):
    smooth = np.linspace(FAR, NEAR, 80, dtype=np.float32) + np.zeros(SHAPE, np.float32)
    given = [noisy(rng, smooth) for _ in range(40)]
    # The filter treats single-pixel noise as an edge; a network's flicker is smooth.
    given = [np.repeat(np.repeat(one[::20, ::20], 20, 0), 20, 1) for one in given]
    camera = Camera(strength)
    filtered = [camera(one) for one in given]
    assert least < flicker(filtered[20:]) / flicker(given[20:]) < most
    assert np.mean(np.log(filtered[20:])) == pytest.approx(np.mean(np.log(given[20:])), abs=0.01)


def box(column):
    inverse, image = np.full(SHAPE, FAR, np.float32), GRAY.copy()
    inverse[20:40, column : column + 20], image[20:40, column : column + 20] = NEAR, 0.6
    return inverse, image


def test_a_moving_box_is_exact_in_each_frame():
    camera = Camera()
    for column in range(5, 50, 3):
        inverse, image = box(column)
        np.testing.assert_array_equal(camera(inverse, image), inverse)


def test_an_object_that_does_not_change_the_image_appears_and_disappears_at_once():
    camera = Camera()
    empty, full = np.full(SHAPE, FAR, np.float32), box(30)[0]
    for inverse in (empty, full, full, empty):
        np.testing.assert_allclose(camera(inverse), inverse, rtol=1e-6)


@pytest.mark.parametrize('speed', [0.01, 0.02, 0.05, 0.1])
def test_an_approaching_blank_wall_never_lags_far_behind(speed):
    """It approaches by a fraction of its distance in each frame, and the image shows no motion."""
    camera, inverse = Camera(), np.full(SHAPE, FAR, np.float32)
    for _ in range(20):
        inverse *= 1 + speed
        late = inverse / camera(inverse) - 1
    assert late.max() < 0.07


def test_nan_stays_nan_and_previously_nan_pixels_take_the_new_value():
    camera, hole = Camera(), np.full(SHAPE, FAR, np.float32)
    hole[10:20, 10:20] = np.nan
    camera(np.full(SHAPE, FAR))
    np.testing.assert_array_equal(np.isnan(camera(hole)), np.isnan(hole))
    filtered = camera(np.full(SHAPE, 1.02 * FAR))
    np.testing.assert_allclose(filtered[10:20, 10:20], 1.02 * FAR, rtol=1e-6)
    assert (filtered[30:] < 1.01 * FAR).all()


@pytest.mark.parametrize('later, source', [(0, 'camera'), (-3, 'camera'), (6, 'camera'), (1, 'another')])
def test_the_past_is_dropped_when_time_jumps_or_the_source_changes(later, source):
    camera = Camera()
    camera(np.full(SHAPE, FAR))
    filtered = camera(np.full(SHAPE, 1.02 * FAR), later=later, source=source)
    np.testing.assert_array_equal(filtered, np.float32(1.02 * FAR))


def test_a_new_size_restarts_the_filter_and_a_larger_image_is_reduced():
    camera = Camera()
    camera(np.full(SHAPE, FAR), np.full((120, 160), 0.5, np.float32))
    assert (camera(np.full(SHAPE, 1.02 * FAR)) < 1.01 * FAR).all()
    half = np.full((30, 40), 1.02 * FAR)
    np.testing.assert_array_equal(camera(half), np.float32(half))


def test_zero_inverse_depth_does_not_spread():
    camera, zero = Camera(), np.full(SHAPE, FAR, np.float32)
    zero[30, 40] = 0
    camera(zero)
    filtered = camera(zero)
    assert filtered[30, 40] == 0 and np.isfinite(filtered).all()
