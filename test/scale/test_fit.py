# SPDX-License-Identifier: Apache-2.0
"""The fit of a frame finds known values, with and without outliers."""

import numpy as np
import pytest

from optidepthnet_ros.scale.correction import Correction
from optidepthnet_ros.scale.evidence import Evidence
from optidepthnet_ros.scale.fit import UnsupportedFitError, fit_correction, fit_relative


def evidence(scale, shift=0.0, noise=0.0, outliers=0.0, number=1000, depths=(2, 40), **traits):
    rng = np.random.default_rng(1)
    predicted = 1 / rng.uniform(*depths, number)
    measured = (scale * predicted + shift) * np.exp(noise * rng.standard_normal(number))
    wrong = rng.random(number) < outliers
    measured[wrong] = 1 / rng.uniform(0.3, 80, wrong.sum())
    return Evidence(predicted, measured, **traits)


@pytest.mark.parametrize('scale', [0.3, 1.0, 1.3, 4.0])
def test_a_scale_is_recovered_exactly(scale):
    fit = fit_correction(evidence(scale))
    assert fit.correction.scale == pytest.approx(scale, rel=1e-9) and fit.correction.shift == 0
    assert fit.inliers == 1 and fit.pairs == 500


@pytest.mark.parametrize('scale, shift', [(0.7, 0.05), (1.4, -0.01), (1.0, 0.1)])
def test_scale_and_shift_are_recovered_exactly(scale, shift):
    fit = fit_correction(evidence(scale, shift))
    assert fit.correction.scale == pytest.approx(scale, rel=1e-6)
    assert fit.correction.shift == pytest.approx(shift, abs=1e-6)
    assert fit.shift_variance > 0


@pytest.mark.parametrize('scale, shift', [(1.3, 0.0), (0.7, 0.05)])
def test_thirty_percent_of_gross_outliers_change_the_fit_little(scale, shift):
    found = fit_correction(evidence(scale, shift, noise=0.1, outliers=0.3)).correction
    depths = np.array([3.0, 10.0, 30.0], np.float32)
    np.testing.assert_allclose(found.depth(depths), Correction(scale, shift).depth(depths), rtol=0.04)


def test_outliers_on_one_side_do_not_bias_the_fit():
    clean = evidence(1.2, noise=0.05)
    measured = clean.measured.copy()
    measured[:300] *= 10
    fit = fit_correction(Evidence(clean.predicted, measured))
    assert fit.correction.scale == pytest.approx(1.2, rel=0.01)
    assert fit.inliers == pytest.approx(0.7, abs=0.01)


def test_one_distance_supports_no_shift():
    fit = fit_correction(evidence(0.7, 0.05, noise=0.02, depths=(4, 5)))
    assert fit.correction.shift == 0
    depth = np.array([4.5], np.float32)
    np.testing.assert_allclose(fit.correction.depth(depth), Correction(0.7, 0.05).depth(depth), rtol=0.01)


def test_noise_is_not_a_shift_and_the_variance_is_that_of_few_independent_pairs():
    fit = fit_correction(evidence(1.3, noise=0.1))
    assert fit.correction.shift == 0
    assert fit.variance == pytest.approx(0.1**2 / 50, rel=0.3)


def test_a_source_that_cannot_determine_a_shift_gives_none():
    assert fit_correction(evidence(0.7, 0.05, may_shift=False)).correction.shift == 0


def test_one_pair_gives_a_scale_with_a_large_variance_if_the_source_allows_it():
    fit = fit_correction(evidence(1.3, number=1, minimum=1))
    assert fit.correction.scale == pytest.approx(1.3) and fit.variance > 0.01


def test_too_few_pairs_and_contradictions_are_refused():
    with pytest.raises(UnsupportedFitError, match='9 pairs, 10 needed'):
        fit_correction(evidence(1, number=9))
    with pytest.raises(UnsupportedFitError, match='contradicts itself'):
        fit_correction(evidence(1, noise=2.0))


def test_the_same_evidence_gives_the_same_fit():
    given = evidence(0.8, 0.03, noise=0.2, outliers=0.3)
    assert fit_correction(given) == fit_correction(given)


def test_identity_returns_the_same_array_and_a_shift_leaves_no_negative_depth():
    depth = np.array([1.0, np.nan, 100.0], np.float32)
    assert Correction().depth(depth) is depth
    np.testing.assert_array_equal(Correction(2.0).depth(depth), np.array([0.5, np.nan, 50], np.float32))
    np.testing.assert_allclose(Correction(1.0, -0.5).depth(depth), [2.0, np.nan, np.nan])


def relative(scale, shift, **traits):
    """Return evidence for a relative network: 1/Z is the scale times its output, plus the shift."""
    truth = evidence(1.0, **(traits | {'noise': 0.0, 'outliers': 0.0})).measured
    return Evidence((truth - shift) / scale, evidence(1.0, **traits).measured)


@pytest.mark.parametrize('scale, shift', [(0.002, 0.01), (3.0, -0.4), (1.0, 0.3)])
def test_scale_and_shift_of_a_relative_network_are_found_whatever_its_unit_and_sign(scale, shift):
    fit = fit_relative(relative(scale, shift, noise=0.05, outliers=0.3))
    assert fit.correction.scale == pytest.approx(scale, rel=0.03)
    assert fit.correction.shift == pytest.approx(shift, abs=0.01)
    assert fit.inliers == pytest.approx(0.75, abs=0.06)


def test_evidence_that_does_not_determine_scale_and_shift_of_a_relative_network_is_refused():
    given = relative(0.5, 0.1)
    for predicted, message in (
        (np.random.default_rng(0).permutation(given.predicted), 'hardly better|does not fit'),
        (-given.predicted, 'does not distinguish|does not fit|hardly better'),  # near and far swapped
        (np.full(1000, 3.0), 'does not distinguish a scale from a shift'),
    ):
        with pytest.raises(UnsupportedFitError, match=message):
            fit_relative(Evidence(predicted, given.measured))
    with pytest.raises(UnsupportedFitError, match=r'spread by 1\.\d+ to 1, 2 to 1 needed'):
        fit_relative(relative(0.5, 0.1, depths=(5, 6)))
    with pytest.raises(UnsupportedFitError, match='19 pairs, 20 needed'):
        fit_relative(relative(0.5, 0.1, number=19))


def test_relative_depth_of_either_sign_becomes_metres():
    said = np.array([0.25, -0.05, 0.0, -0.2, np.nan], np.float32)
    with np.errstate(divide='ignore'):
        depth = Correction(1.0, 0.1).depth_of_relative(1 / said)
    np.testing.assert_allclose(depth, [1 / 0.35, 20, 10, np.nan, np.nan], rtol=1e-6)
