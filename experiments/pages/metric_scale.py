# SPDX-License-Identifier: Apache-2.0
"""Put the record of experiments/accuracy/metric_scale.py into docs/metric_scale.md.

    python -m experiments.pages.metric_scale

A test fails if the page differs from the output of this script.
"""

from experiments.pages.page import PAGES, filled, table, write
from experiments.pages.results import read

SOURCES = (
    'points',
    'points, 30 % outliers',
    'scan',
    'low scan',
    'range',
    'ground',
    'odometry',
    'odometry, 30 % outliers',
)
PERIOD = 0.1


def generated() -> dict[str, str]:
    """Return the content of the page, by its path in the repository."""
    record = read('metric_scale')
    blocks = {
        'sources': sources_table(record['rows']),
        'series': series_table(record['series']),
        'recovery': recovery_table(record['recovery']),
    }
    return {'docs/metric_scale.md': filled(PAGES / 'metric_scale.md', blocks)}


def sources_table(rows: dict[str, dict]) -> str:
    """Return Abs Rel of each data set and source, and the number of refused fits."""
    lines = []
    for name, row in rows.items():
        cells = [f'{row[key]:.3f}' for key in ('right', 'wrong', 'median-scaled')]
        for source in SOURCES:
            found = row['sources'].get(source)
            refused = f' ({found["refused"]} refused)' if found and found['refused'] else ''
            cells.append(f'{found["abs_rel"]:.3f}{refused}' if found else '')
        lines.append([name, str(row['frames']), *cells])
    return table(['', 'frames', 'right', 'wrong', 'median-scaled', *SOURCES], lines)


def series_table(series: dict[str, dict]) -> str:
    """Return the changes to the evidence, and the largest change of any depth between two frames."""
    return table(
        ['evidence', 'largest change', 'allowed', 'scale at the end', 'Abs Rel at the end'],
        [
            [
                name,
                f'{one["largest_change"]:.3f}',
                f'{one["allowed_change"]:.3f}',
                f'{one["scale"][-1]:.3f}',
                f'{one["abs_rel"][-1]:.3f}',
            ]
            for name, one in series.items()
        ],
    )


def recovery_table(rows: dict[str, dict]) -> str:
    """Return how long the correction takes, and the largest change of any depth between two frames."""
    return table(
        ['', 'frames', 'with a shift', 'seconds, mean', 'longest', 'largest change', 'allowed'],
        [
            [
                name,
                str(one['frames']),
                str(one['shifted']),
                f'{sum(one["seconds"]) / len(one["seconds"]):.1f}',
                f'{max(one["seconds"]):.1f}',
                f'{one["largest_change"]:.3f}',
                f'{one["allowed_change"]:.3f}',
            ]
            for name, one in rows.items()
        ],
    )


def main() -> None:
    """Write the page."""
    write(generated())


if __name__ == '__main__':
    main()
