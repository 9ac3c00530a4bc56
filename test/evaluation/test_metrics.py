"""The metrics, against cases done by hand."""

import math

import numpy as np
import pytest

from optidepthnet_ros.evaluation.image_blind import image_blind_predictions
from optidepthnet_ros.evaluation.metrics import depth_metrics, mean_metrics


def test_a_case_done_by_hand():
    truth = np.array([[10.0, 20.0, 40.0, np.nan, 0.0, 100.0]])
    prediction = np.array([[12.0, 20.0, 20.0, 5.0, 5.0, 5.0]])
    metrics = depth_metrics(prediction, truth)
    assert metrics == pytest.approx({
        'abs_rel': (0.2 + 0 + 0.5) / 3,
        'sq_rel': (4 / 10 + 0 + 400 / 40) / 3,
        'rmse': math.sqrt((4 + 0 + 400) / 3),
        'rmse_log': math.sqrt((math.log(1.2) ** 2 + math.log(2) ** 2) / 3),
        'delta1': 2 / 3, 'delta2': 2 / 3, 'delta3': 2 / 3,
        'scale_ratio': 1.0, 'coverage': 1.0})


def test_unknown_pixels_count_as_missing_and_far_ones_as_the_cap():
    truth = np.array([[40.0, 40.0, 40.0, 40.0]])
    prediction = np.array([[np.nan, np.inf, 40.0, 200.0]])
    metrics = depth_metrics(prediction, truth)
    assert metrics['coverage'] == 0.75
    assert metrics['abs_rel'] == pytest.approx(2 / 3)


def test_nothing_to_compare_is_an_error():
    with pytest.raises(ValueError, match='no pixel has both'):
        depth_metrics(np.full((2, 2), np.nan), np.ones((2, 2)))


def test_images_count_alike():
    assert mean_metrics([{'rmse': 1.0}, {'rmse': 3.0}]) == {'rmse': 2.0}


def test_the_image_blind_baseline_knows_only_the_other_frames():
    """Frames of two sizes, at 10 and 20 m: each is predicted at the other's depth."""
    frames = [np.full((370, 1224), 10.0, np.float32), np.full((375, 1242), 20.0, np.float32)]
    first, second = image_blind_predictions(frames)
    assert first.shape == (370, 1224) and first == pytest.approx(np.full(first.shape, 20.0))
    assert second.shape == (375, 1242) and second == pytest.approx(np.full(second.shape, 10.0))
