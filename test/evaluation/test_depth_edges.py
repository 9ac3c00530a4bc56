# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from optidepthnet_ros.evaluation.depth_edges import NoEdgeError, edge_metrics


def post(column, depth=2.0, behind=6.0, width=8):
    """Return the depth of a post in front of a wall."""
    wall = np.full((60, 80), behind, np.float32)
    wall[:, column : column + width] = depth
    return wall


def test_a_perfect_prediction_finds_all_edges():
    assert edge_metrics(post(30), post(30)) == {
        'edge_accuracy': 0.0,
        'edge_completeness': 0.0,
        'edge_precision': 1.0,
        'edge_recall': 1.0,
    }


@pytest.mark.parametrize('shift, found', [(1, 1.0), (5, 0.0)])
def test_the_edges_of_a_shifted_post_are_off_by_the_shift(shift, found):
    metrics = edge_metrics(post(30 + shift, width=20), post(30, width=20))
    assert metrics['edge_accuracy'] == metrics['edge_completeness'] == pytest.approx(shift, abs=0.05)
    assert metrics['edge_precision'] == metrics['edge_recall'] == found


def test_the_scale_of_a_prediction_does_not_matter():
    assert edge_metrics(3 * post(30), post(30)) == edge_metrics(post(30), post(30))


def test_a_blur_finds_no_edge_and_an_invented_edge_lowers_precision():
    ramp = np.exp(np.linspace(0, 1, 80, dtype=np.float32)) * np.ones((60, 1), np.float32)
    assert edge_metrics(ramp, post(30))['edge_recall'] == 0
    invented = post(30)
    invented[:, 60:] = 20.0
    metrics = edge_metrics(invented, post(30))
    assert metrics['edge_recall'] == 1 and metrics['edge_precision'] == pytest.approx(2 / 3, abs=0.02)


def test_edges_are_not_judged_where_the_truth_is_unknown():
    truth, prediction = post(30), post(30)
    truth[:, :20] = np.nan
    prediction[:, 10:14] = 1.0
    assert edge_metrics(prediction, truth)['edge_precision'] == 1.0


def test_a_truth_without_edges_is_refused():
    with pytest.raises(NoEdgeError, match='no edge'):
        edge_metrics(post(30), np.full((60, 80), 3.0, np.float32))
