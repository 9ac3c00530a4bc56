# SPDX-License-Identifier: Apache-2.0
"""Benchmark results as table, JSON and picture; ratios are of calls in the same turn, so they hold under load."""

import os
from pathlib import Path
from typing import Any

import numpy as np

from optidepthnet_ros.evaluation.speed.contest import Result
from optidepthnet_ros.files.atomic import replacing
from optidepthnet_ros.inference.runtimes.this_machine import machine, versions

_HEADINGS = ('ms', 'p95', 'spread', 'CPU ms', 'times', 'GMAC', 'M param', 'load s', 'peak MB')


def summary(results: list[Result]) -> list[dict[str, Any]]:
    """Return the table's values by name, for each result.

    ``ms`` is the median wall-clock time; ``spread`` is half the interquartile range, as a share of it; ``cpu_ms`` is
    the median processor time of all threads together; ``times`` says how many times faster it is than the first
    contestant: the median over the pairs of calls that belong together, with its quartiles in ``times_quartiles``.
    """
    return [_row(result, results[0]) for result in results]


def _row(result: Result, first: Result) -> dict[str, Any]:
    low, median, high, p95 = np.percentile(result.wall, (25, 50, 75, 95))
    times = np.percentile(np.array(first.wall) / np.array(result.wall), (25, 50, 75))
    return {
        'name': result.contestant.name,
        'network': result.contestant.network,
        'runtime': result.contestant.runtime,
        'ms': median,
        'p95_ms': p95,
        'spread': (high - low) / 2 / median,
        'cpu_ms': float(np.median(result.processor)),
        'times': times[1],
        'times_quartiles': [times[0], times[2]],
        'gmac': result.loaded.gmac,
        'parameters': result.loaded.parameters,
        'load_s': result.loaded.seconds,
        'peak_mb': result.memory,
        'calls': len(result.wall),
    }


def environment() -> dict[str, Any]:
    """Return what a reader must know about the machine."""
    return {'processor': machine(), 'cores': os.cpu_count(), 'load_average': os.getloadavg()[0], 'versions': versions()}


def format_table(rows: list[dict[str, Any]]) -> str:
    """Return lines in Markdown, in the order of the rows."""
    lines = [f'| | {" | ".join(_HEADINGS)} |', f'|---|{"---:|" * len(_HEADINGS)}']
    for row in rows:
        cells = (
            f'{row["ms"]:.1f}',
            f'{row["p95_ms"]:.1f}',
            f'{row["spread"]:.0%}',
            f'{row["cpu_ms"]:.1f}',
            f'{row["times"]:.2f}',
            f'{row["gmac"]:.2f}',
            f'{row["parameters"] / 1e6:.2f}',
            f'{row["load_s"]:.1f}',
            f'{row["peak_mb"]:.0f}',
        )
        lines.append(f'| {row["name"]} | {" | ".join(cells)} |')
    return '\n'.join(lines)


def draw(path: Path, rows: list[dict[str, Any]], title: str) -> None:
    """Draw the medians as bars, with a line to the 95th percentile."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 1.2 + 0.35 * len(rows)), layout='constrained')
    axes = figure.add_subplot()
    positions = range(len(rows))
    axes.barh(positions, [row['ms'] for row in rows], color='steelblue', label='median')
    axes.hlines(positions, [row['ms'] for row in rows], [row['p95_ms'] for row in rows], color='black', label='to p95')
    axes.set_yticks(positions, [row['name'] for row in rows])
    axes.invert_yaxis()
    axes.set_xlabel('ms for one image')
    axes.set_title(title, fontsize=9)
    axes.legend()
    with replacing(path) as temporary:
        figure.savefig(temporary, dpi=120)
