# SPDX-License-Identifier: Apache-2.0
"""A relative teacher gets its scale and shift from known depth, and none if this does not determine them."""

import numpy as np
import pytest

from optidepthnet_ros.training.teachers.alignment import NoFit, fit

SCALE, SHIFT = 0.04, 0.1


def scene(seed=0, shape=(60, 80)):
    """Return relative and known inverse depth, of 1.1 to 8 m."""
    relative = np.random.default_rng(seed).uniform(0.6, 20, shape).astype(np.float32)
    return relative, (SCALE * relative + SHIFT).astype(np.float32)


def test_exact_depth_gives_exact_scale_and_shift():
    relative, known = scene()
    found = fit(relative, known)
    assert (found.scale, found.shift) == pytest.approx((SCALE, SHIFT), rel=1e-4) and found.error < 1e-4
    np.testing.assert_allclose(found(relative), known, rtol=1e-4)


@pytest.mark.parametrize('outlier', [0.02, 5.0])
def test_noise_and_a_third_of_outliers_change_little(outlier):
    relative, known = scene()
    random = np.random.default_rng(1)
    known *= random.normal(1, 0.05, known.shape).astype(np.float32)
    known[random.random(known.shape) < 0.33] = outlier
    found = fit(relative, known)
    assert (found.scale, found.shift) == pytest.approx((SCALE, SHIFT), rel=0.05)


def test_a_few_points_among_unknown_pixels_and_sky_suffice():
    relative, known = scene()
    chosen = np.random.default_rng(2).random(known.shape) < 0.1
    known[~chosen] = np.nan
    known[0] = 0  # the sky is not a point on the line
    relative[:, 0] = np.nan
    assert fit(relative, known).scale == pytest.approx(SCALE, rel=1e-3)


def test_depth_far_outside_the_known_range_is_unknown():
    relative, known = scene()
    found = fit(relative, known)
    answer = found(np.float32([-2.45, -1, 10, 30, 300]))
    assert np.isnan(answer).tolist() == [True, True, False, False, True]


@pytest.mark.parametrize(
    'change, reason',
    [
        (lambda x, y: (x, np.where(np.arange(80) < 3, y, np.nan)), 'too few points of known depth'),
        (lambda x, y: (x, 0.3 + 0.1 * y), 'too small a spread of known depth'),
        (lambda x, y: (-x, y), 'too few inliers'),
        (lambda x, y: (np.ones_like(x), y), 'too few inliers'),
        (lambda x, y: (x, scene(seed=3)[1]), 'too few inliers'),
        # Most of the image is a wall, on which every network agrees; the rest contradicts.
        (lambda x, y: (x, np.where(np.arange(80) < 60, 0.5 + 0.001 * x, y)), 'inliers of too small a spread'),
    ],
)
def test_depth_that_does_not_support_a_fit_is_refused_with_the_reason(change, reason):
    with pytest.raises(NoFit, match=reason):
        fit(*(values.astype(np.float32) for values in change(*scene())))


def test_a_fit_no_better_than_one_depth_for_all_is_refused():
    """Most of the image is at one depth, to which the teacher's noise is fitted, and some of it is far or near."""
    random = np.random.default_rng(4)
    known = np.full((60, 80), 0.5) * random.uniform(0.97, 1.03, (60, 80))
    known[:8], known[-8:] = 0.2, 1.2
    relative = known * random.uniform(0.85, 1.15, known.shape)
    with pytest.raises(NoFit, match='no better than one depth for the whole image'):
        fit(relative.astype(np.float32), known.astype(np.float32))
