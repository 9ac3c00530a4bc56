# SPDX-License-Identifier: Apache-2.0
"""The sparsification curve, compared with values by hand."""

import numpy as np
import pytest

from optidepthnet_ros.evaluation.sparsification import KEPT, sparsification_curve

ERROR = np.array([0.3, 0.1, 0.5, 0.2, 1.0, 0.4, 0.6, 0.9, 0.7, 0.8])


def test_a_curve_computed_by_hand():
    """The doubt orders all pixels correctly except the worst one, which it trusts most."""
    doubt = np.where(ERROR == 1.0, 0, ERROR)
    curve = dict(zip(KEPT, sparsification_curve(ERROR, doubt)))
    assert curve[1.0] == pytest.approx(0.55)
    assert curve[0.8] == pytest.approx((1.0 + 0.1 + 0.2 + 0.3 + 0.4 + 0.5 + 0.6 + 0.7) / 8)
    assert curve[0.2] == pytest.approx((1.0 + 0.1) / 2)
    assert curve[0.1] == pytest.approx(1.0)


def test_the_oracle_is_below_any_other_curve_and_its_opposite_above():
    random = np.random.default_rng(0)
    error = random.exponential(size=1000)
    oracle, opposite, other = (sparsification_curve(error, doubt) for doubt in (error, -error, random.random(1000)))
    assert (oracle[1:] < other[1:]).all() and (other[1:] < opposite[1:]).all()
    assert [curve[0] for curve in (oracle, other, opposite)] == pytest.approx([error.mean()] * 3)


def test_only_the_order_of_doubt_counts():
    error = np.random.default_rng(0).exponential(size=50)
    doubt = np.random.default_rng(1).random(50)
    np.testing.assert_array_equal(sparsification_curve(error, doubt), sparsification_curve(error, np.exp(doubt) - 7))


def test_few_pixels_leave_at_least_one():
    np.testing.assert_array_equal(sparsification_curve(np.array([0.5]), np.array([3.0])), np.full(len(KEPT), 0.5))
