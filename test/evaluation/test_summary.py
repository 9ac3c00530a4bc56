# SPDX-License-Identifier: Apache-2.0
"""Means, intervals and differences, and the table and files they are written to."""

import csv
import json

import numpy as np
import pytest

from optidepthnet_ros.evaluation.comparison import Comparison
from optidepthnet_ros.evaluation.result_files import write_images_csv, write_results, write_summary_csv
from optidepthnet_ros.evaluation.summary import summarise
from optidepthnet_ros.evaluation.systems import System
from optidepthnet_ros.evaluation.table import format_table


class Named(System):
    """A system whose metrics are already known."""

    def predict(self, frame):
        raise NotImplementedError


@pytest.fixture
def comparison():
    """The second system is better by 0.01 on each of 20 images, whose difficulty varies much more."""
    difficulty = np.random.default_rng(0).uniform(0.1, 0.5, 20)
    metrics = [
        [
            {'abs_rel': float(value) - better, 'rmse': 4.0, **({'epe': 1.0} if value < 0.3 else {})}
            for value in difficulty
        ]
        for better in (0.0, 0.01)
    ]
    return Comparison([f'{number:02}' for number in range(20)], [Named('first', path='a'), Named('second')], metrics)


@pytest.fixture
def summaries(comparison):
    return summarise(comparison, samples=1000, seed=0)


def test_a_paired_difference_is_clear_where_the_intervals_overlap(summaries):
    first, second = (summary.metrics['abs_rel'] for summary in summaries)
    assert first.interval[0] < second.mean < first.mean < first.interval[1]
    difference = summaries[1].difference['abs_rel']
    assert (difference.mean, *difference.interval) == pytest.approx((-0.01,) * 3) and difference.is_clear
    assert not summaries[1].difference['rmse'].is_clear
    assert summaries[0].difference == {}


def test_a_metric_that_a_frame_lacks_is_left_out(summaries):
    assert list(summaries[0].metrics) == ['abs_rel', 'rmse']


def test_a_single_image_has_no_interval(comparison):
    single = Comparison(comparison.frames[:1], comparison.systems, [rows[:1] for rows in comparison.metrics])
    summaries = summarise(single, samples=1000, seed=0)
    assert summaries[0].metrics['rmse'].interval is None and not summaries[1].difference['abs_rel'].is_clear
    assert '95 %' not in format_table(summaries)


def test_the_table_has_mean_interval_and_difference(comparison, summaries):
    lines = [line.split() for line in format_table(summaries).splitlines()]
    mean = np.mean([row['abs_rel'] for row in comparison.metrics[0]])
    assert lines[0] == ['abs_rel', 'rmse']
    assert lines[1] == [f'{mean:.4f}', '4.000', 'first']
    assert lines[2] == [f'{summaries[0].metrics["abs_rel"].interval[0]:.4f}', '4.000', '95', '%', 'from']
    assert lines[4] == [f'{mean - 0.01:.4f}', '4.000', 'second']
    assert lines[7] == ['-0.0100*', '+0.000', 'minus', 'first']
    assert lines[9][:4] == ['*:', 'a', 'clear', 'difference:'] and len(lines) == 10


def test_files_hold_what_the_table_shows(tmp_path, comparison, summaries):
    write_summary_csv(tmp_path / 'summary.csv', summaries)
    write_images_csv(tmp_path / 'images.csv', comparison)
    write_results(tmp_path / 'results.json', comparison, summaries, {'seed': 0})
    rows = list(csv.DictReader((tmp_path / 'summary.csv').open()))
    assert [(row['system'], row['metric']) for row in rows] == [
        (system, metric) for system in ('first', 'second') for metric in ('abs_rel', 'rmse')
    ]
    assert rows[0]['difference'] == '' and float(rows[2]['difference_high']) == pytest.approx(-0.01)
    images = list(csv.DictReader((tmp_path / 'images.csv').open()))
    assert len(images) == 40 and float(images[21]['abs_rel']) == comparison.metrics[1][1]['abs_rel']
    assert {row['epe'] for row in images} == {'', '1.0'}
    first, second = json.loads((tmp_path / 'results.json').read_text())['systems']
    assert first['path'] == 'a' and first['images']['03'] == comparison.metrics[0][3]
    assert second['metrics']['abs_rel']['mean'] == float(rows[2]['mean'])
    assert second['difference_to_first']['abs_rel']['interval'] == pytest.approx([-0.01, -0.01])
