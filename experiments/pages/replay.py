# SPDX-License-Identifier: Apache-2.0
"""Put the records of experiments/robot/replay.py into docs/obstacles.md.

    python -m experiments.pages.replay

A test fails if the page differs from the output of this script.
"""

from experiments.pages.page import PAGES, filled, table, write
from experiments.pages.results import read

RECORDS = {'replay_house': 'house', 'replay_drive': 'drive'}


def generated() -> dict[str, str]:
    """Return the content of the page, by its path in the repository."""
    blocks = {name.replace('_', ' '): arrays_table(read(name)) for name in RECORDS}
    return {'docs/obstacles.md': filled(PAGES / 'obstacles.md', blocks)}


def arrays_table(record: dict) -> str:
    """Return the sectors in view, left to right, for each frame: PX4, MAVROS, and PX4 from the truth."""
    rows = []
    for frame, arrays in record['arrays'].items():
        for label, values in (
            ('truth, cm', arrays['truth']['px4']),
            ('PX4, cm', arrays['ours']['px4']),
            ('MAVROS, m', arrays['ours']['mavros']),
        ):
            rows.append([f'{frame}, {label}', *(_short(value) for value in values)])
    return table(['frame', *(f'{degrees}°' for degrees in record['degrees'])], rows)


def _short(value: float | str) -> str:
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int) else f'{value:.2f}'


def main() -> None:
    """Write the page."""
    write(generated())


if __name__ == '__main__':
    main()
