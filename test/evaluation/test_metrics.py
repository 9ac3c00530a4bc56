# SPDX-License-Identifier: Apache-2.0
"""The metrics, compared with cases computed by hand."""

import math

import numpy as np
import pytest

from optidepthnet_ros.evaluation.metrics import depth_metrics, disparity_metrics


def test_depth_metrics_computed_by_hand():
    metrics = depth_metrics(np.array([12.0, 20.0, 20.0]), np.array([10.0, 20.0, 40.0]))
    assert metrics == pytest.approx(
        {
            'abs_rel': (0.2 + 0 + 0.5) / 3,
            'sq_rel': (4 / 10 + 0 + 400 / 40) / 3,
            'rmse': math.sqrt((4 + 0 + 400) / 3),
            'rmse_log': math.sqrt((math.log(1.2) ** 2 + math.log(2) ** 2) / 3),
            'delta1': 2 / 3,
            'delta2': 2 / 3,
            'delta3': 2 / 3,
        }
    )


def test_the_delta_thresholds_are_powers_of_five_quarters():
    metrics = depth_metrics(np.array([1.24, 1 / 1.26, 1.56, 1 / 1.57, 1.95, 1 / 1.96]), np.ones(6))
    assert (metrics['delta1'], metrics['delta2'], metrics['delta3']) == pytest.approx((1 / 6, 3 / 6, 5 / 6))


def test_an_outlier_is_off_by_three_pixels_and_by_five_percent():
    """3.1 px of 10 px is both; 3.1 px of 100 px, 2.9 px of 10 px and exactly 3 px are not."""
    metrics = disparity_metrics(np.array([13.1, 103.1, 7.1, 7.0]), np.array([10.0, 100.0, 10.0, 10.0]))
    assert metrics == pytest.approx({'d1': 25.0, 'epe': (3.1 + 3.1 + 2.9 + 3.0) / 4})
