# SPDX-License-Identifier: Apache-2.0
"""Which pixels count, by hand, and all metrics compared with an implementation with plain loops."""

import math
import statistics

import numpy as np
import pytest

from optidepthnet_ros.evaluation.ground_truth import Frame
from optidepthnet_ros.evaluation.protocol import METRICS, Protocol
from optidepthnet_ros.geometry.camera import Camera

NAN, INF = float('nan'), float('inf')


def frame(depth, **options):
    return Frame('frame', np.array(depth, np.float32), **options)


def measure(prediction, truth, **options):
    return Protocol(**options).measure(np.array(prediction, np.float32), frame(truth))


def test_unknown_predictions_lower_the_coverage_and_far_ones_count_as_the_cap():
    metrics = measure([[NAN, -INF, 0.0, -3.0, INF, 40.0, 200.0, 40.0]], [[40.0] * 8])
    assert metrics['coverage'] == 0.5
    assert metrics['abs_rel'] == pytest.approx((1 + 0 + 1 + 0) / 4)


def test_truth_beyond_the_cap_is_left_out():
    metrics = measure([[10.0, 10.0, 99.0]], [[10.0, 51.0, NAN]], max_depth=50)
    assert metrics['abs_rel'] == 0 and metrics['coverage'] == 1


def test_median_scaling_removes_the_scale_error_and_reports_it():
    truth = [[2.0, 4.0, 8.0, 16.0]]
    third = np.array(truth) / 3
    assert measure(third, truth)['scale_ratio'] == pytest.approx(3)
    assert measure(third, truth)['abs_rel'] == pytest.approx(2 / 3)
    assert measure(third, truth, median_scaling=True)['abs_rel'] == pytest.approx(0, abs=1e-6)


def test_scaling_precedes_the_limits():
    """All values of a system without metric scale may be below a millimetre or beyond the cap."""
    truth = np.array([[2.0, 4.0, 8.0]])
    for scale in (1e-6, 1e6):
        assert measure(truth * scale, truth, median_scaling=True)['rmse'] == pytest.approx(0, abs=1e-5)


def test_disparities_are_compared_without_a_depth_limit():
    """100 m is 5 px here and counts for D1, although it is beyond the cap; +Inf is 0 px, which is 5 px off."""
    rig = {'camera': Camera(4, 1, 1000.0, 1000.0, 1.5, 0.0), 'baseline': 0.5}
    truth = frame([[100.0, 100.0, 10.0, NAN]], **rig)
    metrics = Protocol().measure(np.array([[INF, 50.0, 10.0, 10.0]], np.float32), truth)
    assert metrics['d1'] == pytest.approx(100 * 2 / 3)
    assert metrics['epe'] == pytest.approx((5 + 5 + 0) / 3)
    assert metrics['abs_rel'] == 0


def test_without_a_rig_there_is_no_disparity():
    assert measure([[1.0]], [[1.0]]).keys() == set(METRICS) - {'d1', 'epe'}


def test_nothing_to_compare_is_an_error():
    with pytest.raises(ValueError, match='no pixel has both'):
        measure([[NAN, 1.0]], [[1.0, 90.0]])


@pytest.mark.parametrize('max_depth', [0.0, NAN, INF])
def test_an_invalid_cap_is_refused(max_depth):
    with pytest.raises(ValueError, match=f'largest depth is {max_depth} m'):
        Protocol(max_depth=max_depth)


@pytest.mark.parametrize(
    'crop, rows, columns',
    [
        # For 375 x 1242, as in the published evaluation code of the field.
        ('none', (0, 375), (0, 1242)),
        ('garg', (153, 371), (44, 1197)),
        ('eigen', (124, 342), (44, 1197)),
    ],
)
def test_crops_keep_the_published_rows_and_columns(crop, rows, columns):
    inside = Protocol(crop=crop).compared(np.ones((375, 1242)))
    expected = np.zeros((375, 1242), bool)
    expected[slice(*rows), slice(*columns)] = True
    np.testing.assert_array_equal(inside, expected)


@pytest.mark.parametrize('median_scaling', [False, True])
@pytest.mark.parametrize('crop, box', [('none', (0, 40, 0, 60)), ('garg', (16, 39, 2, 57)), ('eigen', (13, 36, 2, 57))])
def test_everything_agrees_with_plain_loops(crop, box, median_scaling):
    random = np.random.default_rng(3)
    truth = random.uniform(1, 100, (40, 60)).astype(np.float32)
    truth[random.random(truth.shape) < 0.5] = NAN
    prediction = (np.nan_to_num(truth, nan=30.0) * random.lognormal(0.3, 0.4, truth.shape)).astype(np.float32)
    for odd in (NAN, INF, -INF, 0.0, -1.0):
        prediction[random.random(truth.shape) < 0.03] = odd
    camera = Camera(60, 40, 300.0, 300.0, 29.5, 19.5)
    protocol = Protocol(max_depth=70.0, crop=crop, median_scaling=median_scaling)
    metrics = protocol.measure(prediction, Frame('', truth, None, camera, 0.5))
    assert metrics == pytest.approx(by_loops(prediction, truth, 70.0, box, median_scaling, 150.0), rel=1e-5)


def by_loops(prediction, truth, cap, box, median_scaling, focal_times_baseline):
    """Return all metrics, computed one pixel at a time."""
    pixels = [
        (float(prediction[v, u]), float(truth[v, u]))
        for v in range(box[0], box[1])
        for u in range(box[2], box[3])
        if not math.isnan(truth[v, u])
    ]
    near = [(p, t) for p, t in pixels if t <= cap]
    known = [(p, t) for p, t in near if p > 0]
    scale = statistics.median(t for _, t in known) / statistics.median(cap if p == INF else p for p, _ in known)
    factor = scale if median_scaling else 1.0
    totals = dict.fromkeys(('abs_rel', 'sq_rel', 'rmse', 'rmse_log', 'delta1', 'delta2', 'delta3'), 0.0)
    for p, t in known:
        p = min(max(p * factor, 1e-3), cap)
        totals['abs_rel'] += abs(p - t) / t
        totals['sq_rel'] += (p - t) * (p - t) / t
        totals['rmse'] += (p - t) * (p - t)
        totals['rmse_log'] += (math.log(p) - math.log(t)) ** 2
        for power in (1, 2, 3):
            totals[f'delta{power}'] += p / t < 1.25**power and t / p < 1.25**power
    result = {name: total / len(known) for name, total in totals.items()}
    result['rmse'], result['rmse_log'] = math.sqrt(result['rmse']), math.sqrt(result['rmse_log'])
    errors = [
        (abs(focal_times_baseline / (p * factor) - focal_times_baseline / t), focal_times_baseline / t)
        for p, t in pixels
        if p > 0
    ]
    result['d1'] = 100 * sum(error > 3 and error / disparity > 0.05 for error, disparity in errors) / len(errors)
    result['epe'] = sum(error for error, _ in errors) / len(errors)
    return result | {'scale_ratio': scale, 'coverage': len(known) / len(near)}
