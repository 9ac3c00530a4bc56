# SPDX-License-Identifier: Apache-2.0
"""The left-right check, compared with values by hand."""

import numpy as np
import pytest

from optidepthnet_ros.geometry.confidence import left_right_confidence

WIDTH = 100  # so that a disparity of 0.01 is a pixel, and 0.005 half a pixel


def row(value):
    return np.full((3, WIDTH), value, np.float32)


def test_where_both_views_agree_the_error_is_half_a_pixel():
    near, far = (left_right_confidence(row(d), row(d), WIDTH)[:, 50:] for d in (0.1, 0.02))
    np.testing.assert_allclose(near, np.exp(-0.005 / 0.1), rtol=1e-6)
    np.testing.assert_allclose(far, np.exp(-0.005 / 0.02), rtol=1e-6)


def test_disagreement_counts_relative_to_disparity_in_either_direction():
    for right in (0.07, 0.13):
        np.testing.assert_allclose(left_right_confidence(row(0.1), row(right), WIDTH)[:, 50:], np.exp(-0.35), rtol=1e-5)


def test_the_right_view_is_sampled_at_the_matching_pixel():
    """At ten pixels of disparity, column 30 of the right view matches column 40 of the left."""
    right = row(0.1)
    right[:, 30] = 0.2
    confidence = left_right_confidence(row(0.1), right, WIDTH)
    doubted = confidence < np.exp(-0.05) - 1e-4
    assert doubted[:, 40].all() and not doubted[:, 41:].any() and not doubted[:, 10:40].any()


def test_a_match_between_two_pixels_is_interpolated():
    right = row(0.095)
    right[:, 30] = 0.115
    # Column 40 matches 30.5, where the right view has the mean of 0.115 and 0.095.
    assert left_right_confidence(row(0.095), right, WIDTH)[0, 40] == pytest.approx(
        np.exp(-(0.01 + 0.005) / 0.095), rel=1e-4
    )


def test_a_match_outside_the_right_view_has_no_confidence():
    confidence = left_right_confidence(row(0.1), row(0.1), WIDTH)
    assert not confidence[:, :10].any() and confidence[:, 10:].all()


def test_the_canonical_width_may_be_wider_than_the_image():
    """Ten pixels are a twentieth of 200: the same disparity in pixels gives the same confidence."""
    random = np.random.default_rng(1)
    left, right = random.uniform(0.05, 0.2, (2, 8, WIDTH)).astype(np.float32)
    halves = left_right_confidence(left / 2, right / 2, 2 * WIDTH)
    np.testing.assert_allclose(halves, left_right_confidence(left, right, WIDTH), rtol=1e-4)


def test_half_the_resolution_gives_the_same_confidence():
    whole = np.full((6, 2 * WIDTH), 0.1, np.float32)
    half = left_right_confidence(row(0.1), row(0.1), 2 * WIDTH, 2)
    np.testing.assert_allclose(half, left_right_confidence(whole, whole, 2 * WIDTH)[::2, ::2], rtol=1e-5)


def test_confidence_is_between_0_and_1_for_any_disparity():
    random = np.random.default_rng(0)
    left, right = random.uniform(0, 0.3, (2, 8, WIDTH)).astype(np.float32)
    left[0] = 0
    confidence = left_right_confidence(left, right, WIDTH)
    assert confidence.min() >= 0 and confidence.max() <= 1 and not confidence[0].any()
