# SPDX-License-Identifier: Apache-2.0
"""Doubtful depth becomes unknown, and no other depth does."""

from dataclasses import replace

import numpy as np
import pytest

from optidepthnet_ros.geometry.camera import Camera
from optidepthnet_ros.geometry.canonical import CanonicalView
from optidepthnet_ros.inference import DepthEstimate
from optidepthnet_ros.inference.reliable import reliable_depth

CAMERA = Camera(512, 256, 400.0, 400.0, 255.5, 127.5)


@pytest.fixture
def estimate():
    """A surface at 4 m to the left of one at 40 m, with a ramp in between; the last column is too far."""
    inverse = np.interp(np.arange(512), [250, 254], [1 / 4, 1 / 40]).astype(np.float32)
    depth = np.tile(1 / inverse, (256, 1))
    depth[:, 511] = 90
    confidence = np.tile(np.linspace(0, 1, 512, dtype=np.float32), (256, 1))
    view = CanonicalView(CAMERA, slice(0, 256), slice(0, 512), 128, 256, 0.09)
    return DepthEstimate(depth, view, 0.54, 1, confidence)


def test_without_thresholds_only_the_range_is_marked(estimate):
    expected = estimate.depth.copy()
    expected[:, :251], expected[:, 511] = -np.inf, np.inf
    without = replace(estimate, confidence=None)
    np.testing.assert_array_equal(reliable_depth(without, min_depth=4.01, max_depth=80), expected)


def test_the_ramp_is_removed_and_little_else(estimate):
    unknown = np.isnan(reliable_depth(estimate, min_depth=0.1, max_depth=80, edge_filter_threshold=0.1))
    assert unknown[:, 251:254].all() and np.count_nonzero(unknown.any(axis=0)) == 3


def test_doubtful_depth_becomes_unknown_at_any_distance(estimate):
    estimate.confidence[0] = 0.2
    depth = reliable_depth(estimate, min_depth=10, max_depth=80, confidence_threshold=0.5)
    assert np.isnan(depth[0]).all()
    assert np.isnan(depth[1:, :256]).all() and not np.isnan(depth[1:, 256:]).any()


def test_depth_beyond_the_farthest_known_distance_is_unknown_and_not_far(estimate):
    depth = reliable_depth(estimate, min_depth=0.1, max_depth=80, unknown_beyond=20)
    assert np.isnan(depth[:, 254:]).all() and not np.isnan(depth[:, :251]).any()
    assert not np.isinf(depth).any()
