# SPDX-License-Identifier: Apache-2.0
"""The table as files: CSV for spreadsheets, JSON for programs."""

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from optidepthnet_ros.evaluation.comparison import Comparison
from optidepthnet_ros.evaluation.summary import Estimate, Summary
from optidepthnet_ros.files.atomic import replacing, write_json


def write_summary_csv(path: Path, summaries: list[Summary]) -> None:
    """Write a row for each system and metric: its mean, its difference to the first system, and their intervals."""
    rows: list[tuple[str | float, ...]] = [
        ('system', 'metric', 'mean', 'low', 'high', 'difference', 'difference_low', 'difference_high')
    ]
    for summary in summaries:
        for name, estimate in summary.metrics.items():
            rows.append((summary.name, name, *_cells(estimate), *_cells(summary.difference.get(name))))
    _write_csv(path, rows)


def write_images_csv(path: Path, comparison: Comparison) -> None:
    """Write a row for each system and image."""
    metrics = list(dict.fromkeys(name for rows in comparison.metrics for row in rows for name in row))
    rows: list[tuple[str | float, ...]] = [('system', 'image', *metrics)]
    for system, measured in zip(comparison.systems, comparison.metrics):
        rows += [
            (system.name, frame, *(row.get(name, '') for name in metrics))
            for frame, row in zip(comparison.frames, measured)
        ]
    _write_csv(path, rows)


def write_results(path: Path, comparison: Comparison, summaries: list[Summary], settings: dict[str, Any]) -> None:
    """Write everything: settings, and for each system its source, means, intervals, differences and images."""
    systems = [
        {
            'name': system.name,
            **system.source,
            'metrics': {name: _record(estimate) for name, estimate in summary.metrics.items()},
            'difference_to_first': {name: _record(estimate) for name, estimate in summary.difference.items()},
            'images': dict(zip(comparison.frames, measured)),
        }
        for system, summary, measured in zip(comparison.systems, summaries, comparison.metrics)
    ]
    write_json(path, {'settings': settings, 'systems': systems})


def _record(estimate: Estimate) -> dict[str, Any]:
    return {'mean': estimate.mean, 'interval': estimate.interval}


def _cells(estimate: Estimate | None) -> tuple[str | float, ...]:
    if estimate is None:
        return '', '', ''
    return estimate.mean, *(estimate.interval or ('', ''))


def _write_csv(path: Path, rows: Iterable[tuple[str | float, ...]]) -> None:
    with replacing(path) as temporary, temporary.open('w', newline='') as file:
        csv.writer(file).writerows(rows)
