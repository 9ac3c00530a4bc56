# SPDX-License-Identifier: Apache-2.0
"""One correction from many frames: found, with intervals, or refused."""

import numpy as np
import pytest

from optidepthnet_ros.scale.calibration import calibrate, median_error
from optidepthnet_ros.scale.correction import IDENTITY
from optidepthnet_ros.scale.evidence import Evidence
from optidepthnet_ros.scale.fit import UnsupportedFitError


def units(scales, noise=0.05, pairs=200, shift=0.0):
    rng = np.random.default_rng(0)
    for scale in scales:
        predicted = 1 / rng.uniform(2, 20, pairs)
        yield Evidence(predicted, (scale * predicted + shift) * np.exp(noise * rng.standard_normal(pairs)))


def test_the_scale_of_all_frames_is_found_with_an_interval_that_contains_it():
    found = calibrate(list(units([1.28, 1.3, 1.32, 1.29, 1.31, 1.3])))
    assert found.correction.scale == pytest.approx(1.3, rel=0.02) and not found.doubt
    low, high = found.scale_interval
    assert low < 1.3 < high and high - low < 0.05
    assert median_error(found.evidence, IDENTITY) == pytest.approx(np.log(1.3), rel=0.1)
    assert median_error(found.evidence, found.correction) < 0.05


def test_a_shift_is_found_with_its_interval():
    found = calibrate(list(units([0.8] * 6, shift=0.1)))
    low, high = found.shift_interval
    assert not found.doubt and low < 0.1 < high and found.correction.scale == pytest.approx(0.8, rel=0.03)


def test_a_frame_with_more_pixels_has_no_more_weight():
    few = calibrate(list(units([1.3] * 9, pairs=100)))
    many = calibrate([*units([1.3] * 9, pairs=100), *units([2.2], pairs=9000)])
    assert many.correction.scale == pytest.approx(few.correction.scale, rel=0.02)


def test_five_single_measurements_are_enough():
    assert calibrate(list(units([1.3] * 6, noise=0.02, pairs=1))).correction.scale == pytest.approx(1.3, rel=0.03)
    with pytest.raises(UnsupportedFitError, match='4 frames or points with evidence, 5 needed'):
        calibrate([*units([1.3] * 4, pairs=1), Evidence(np.empty(0), np.empty(0))])


def test_correct_metres_support_no_correction():
    assert 'includes 1' in calibrate(list(units([0.97, 1.03, 1.0, 0.98, 1.02, 1.01]))).doubt


def test_successive_frames_are_not_independent_evidence():
    """Two places, each with its own scale: the frames of one place agree only with one another."""
    found = calibrate(list(units([1.2] * 25 + [1.7] * 25, noise=0.01, pairs=20)))
    low, high = found.scale_interval
    assert high - low > 0.2
