# SPDX-License-Identifier: Apache-2.0
"""Varied pairs are still rectified pairs of the same scene."""

import numpy as np
import pytest

from optidepthnet_ros.training.augmentation import Sample, Variation, blurred, flipped, shaded, varied


@pytest.fixture
def sample():
    """Return a plane at a disparity of 4 of 40 pixels."""
    scene = np.random.default_rng(0).random((10, 44)).astype(np.float32)
    proxy = np.full((10, 40), 0.1, np.float32)
    return Sample(scene[:, :40], scene[:, 4:], proxy, proxy)


def test_a_flipped_pair_still_has_the_right_view_on_the_right(sample):
    mirrored = flipped(sample)
    np.testing.assert_array_equal(mirrored.left[:, 4:], mirrored.right[:, :-4])


def test_shading_changes_both_views_alike(sample):
    shade = shaded(sample, np.random.default_rng(1))
    np.testing.assert_array_equal(shade.left[:, 4:], shade.right[:, :-4])
    assert not np.array_equal(shade.left, sample.left) and shade.left.max() <= 1


def test_blur_and_noise_change_pictures_but_not_proxies(sample):
    soft = blurred(sample, np.random.default_rng(0))
    assert soft.left.std() < sample.left.std() and 0 <= soft.left.min() and soft.left.max() <= 1
    assert soft.left_proxy is sample.left_proxy and soft.left.dtype == np.float32


def test_with_probabilities_of_zero_samples_are_only_mirrored(sample):
    seen = [varied(sample, Variation(), np.random.default_rng(seed)).left for seed in range(20)]
    mirrored = [not np.array_equal(left, sample.left) for left in seen]
    assert 0 < sum(mirrored) < 20
    for left, flip in zip(seen, mirrored):
        np.testing.assert_array_equal(left, flipped(sample).left if flip else sample.left)
