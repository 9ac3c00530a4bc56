# SPDX-License-Identifier: Apache-2.0
"""Put the record of experiments/robot/steadiness.py into docs/obstacles.md.

    python -m experiments.pages.steadiness

A test fails if the page differs from the output of this script.
"""

from experiments.pages.page import PAGES, filled, table, write
from experiments.pages.results import read


def generated() -> dict[str, str]:
    """Return the content of the page, by its path in the repository."""
    record = read('steadiness')
    time = f'It takes {record["milliseconds"]:.1f} ms of processor time at 640x480'
    note = f'{time}, of any network whose focal length is 240 pixels.'
    blocks = {'steadiness': f'{steadiness_table(record["rows"])}\n\n{note}'}
    return {'docs/obstacles.md': filled(PAGES / 'obstacles.md', blocks)}


def steadiness_table(rows: dict[str, dict]) -> str:
    """Return a row for each sequence; pairs are without and with the filter."""
    lines = []
    for name, row in rows.items():
        lag = ''
        if 'comes' in row:
            lag = ', '.join(f'{what} {_pair(row[key], "d")}' for what, key in (('comes', 'comes'), ('goes', 'goes')))
        elif 'too_far' in row:
            lag = f'{row["too_far"]:.1%} too far'
        lines.append(
            [
                name,
                str(row['frames']),
                _pair(row.get('flicker'), '.2%'),
                lag,
                _pair(row.get('abs_rel'), '.3f'),
                f'{row["moved_by"]:.1%}',
            ]
        )
    return table(['', 'frames', 'flicker', 'lag, frames', 'Abs Rel', 'changed by'], lines)


def _pair(values: list | None, form: str) -> str:
    return f'{values[0]:{form}} / {values[1]:{form}}' if values else ''


def main() -> None:
    """Write the page."""
    write(generated())


if __name__ == '__main__':
    main()
