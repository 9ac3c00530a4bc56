# SPDX-License-Identifier: Apache-2.0
"""Put the record of experiments/accuracy/confidence.py into docs/confidence.md.

    python -m experiments.pages.confidence

A test fails if the page differs from the output of this script.
"""

from experiments.pages.page import PAGES, filled, table, write
from experiments.pages.results import read


def generated() -> dict[str, str]:
    """Return the content of the page, by its path in the repository."""
    record = read('confidence')
    blocks = {}
    for place in ('road', 'indoors'):
        blocks |= {
            f'kinds {place}': kinds_table(record['kept'], record[place]['kinds']),
            f'thresholds {place}': thresholds_table(record[place]['thresholds']),
            f'flying {place}': flying_text(record[place]),
        }
    return {'docs/confidence.md': filled(PAGES / 'confidence.md', blocks)}


def kinds_table(kept: list[float], kinds: dict[str, dict]) -> str:
    """Return Abs Rel of the pixels that are kept, for each kind of doubt."""
    lines = []
    for kind, row in kinds.items():
        low, high = row['interval']
        fall = f'{row["fall"]:.1%} ({low:.1%} to {high:.1%})'
        lines.append([kind, *(f'{error:.3f}' for error in row['curve']), fall, f'{row["in_bands"]:.1%}'])
    return table(['kept', *(f'{share:.0%}' for share in kept), 'fall at 80 %', 'in bands of rows'], lines)


def thresholds_table(thresholds: list[dict]) -> str:
    """Return the pixels that each threshold keeps, and their error."""
    return table(
        ['`confidence_threshold`', *(f'{row["threshold"]:g}' for row in thresholds)],
        [
            ['pixels kept', *(f'{row["kept"]:.1%}' for row in thresholds)],
            ['their Abs Rel', *(f'{row["abs_rel"]:.3f}' for row in thresholds)],
        ],
    )


def flying_text(record: dict) -> str:
    """Return a sentence about the pixels that the edge filter removes."""
    flying = record['flying']
    return (
        f'{record["model"]}, {record["frames"]} frames: {flying["pixels"]:.1%} of all pixels and '
        f'{flying["with_truth"]:.1%} of those with truth are removed; their Abs Rel is {flying["abs_rel"]:.3f}, '
        f'that of the rest {flying["rest"]:.3f}.'
    )


def main() -> None:
    """Write the page."""
    write(generated())


if __name__ == '__main__':
    main()
