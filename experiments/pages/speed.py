# SPDX-License-Identifier: Apache-2.0
"""Put records of experiments/speed/ into docs/performance.md: int8, and the start of the node.

    python -m experiments.pages.speed

A test fails if the page differs from the output of this script. The contests' tables are filled by fill_performance.
"""

from experiments.pages.page import PAGES, filled, table, write
from experiments.pages.results import read

SHARE = 'share of multiply-accumulates in int8'
INT8_SIZES = '293x219', '512x256'
INT8_RESTS = {'f32': 'float32', 'bf16': 'bfloat16'}


def generated() -> dict[str, str]:
    """Return the content of the page, by its path in the repository."""
    blocks = {'int8': int8_table(read('int8')), 'start': start_table(read('start'))}
    return {'docs/performance.md': filled(PAGES / 'performance.md', blocks)}


def int8_table(records: dict[str, dict]) -> str:
    """Return error and speed of each network, from all groups in int8, over as many as are allowed, to none."""
    lines = []
    for name, record in records.items():
        groups, steps = len(record['groups']), record['kept']
        shown = [steps[index] for index in sorted({0, len(steps) // 2, len(steps) - 1})]
        if speed := record.get('speed without int8'):
            shown.append({'groups in float32': groups, SHARE: 0, 'median': 0, 'p95': 0, 'speed': speed})
        lines += [[name, *_step(step, groups)] for step in shown]
    speeds = [f'{size}, rest in {precision}' for precision in INT8_RESTS.values() for size in INT8_SIZES]
    errors = 'median', '95th percentile'
    return table(['', 'levels not in int8', 'multiply-accumulates in int8', *errors, *speeds], lines)


def _step(step: dict, groups: int) -> list[str]:
    speed = step.get('speed')
    return [
        f'{step["groups in float32"]} of {groups}',
        f'{step[SHARE]:.0%}',
        f'{step["median"]:.2%}',
        f'{step["p95"]:.1%}',
        *(f'{speed[precision][size]:.2f}' if speed else '' for precision in INT8_RESTS for size in INT8_SIZES),
    ]


def start_table(record: dict) -> str:
    """Return seconds of the parts of a start, cold and warm, in wall-clock and processor time."""
    cold, warm = record['cold'], record['warm']
    lines = [
        [f'{what}{part}', *(f'{state[kind][part][unit]:.1f}' for state in (cold, warm) for unit in ('s', 'cpu_s'))]
        for kind, what in (('node', '**node**: '), ('inside', 'inside: '))
        for part in warm[kind]
    ]
    conditions = (
        f'{record["checkpoint"]}, median of {record["rounds"]}, {record["cores"]} cores of '
        f'{record["processor"]}; '
        f'load average {record["load_average"]:.1f} to {record["load_average_at_the_end"]:.1f}.'
    )
    return f'{conditions}\n\n{table(["", "cold s", "CPU s", "warm s", "CPU s"], lines)}'


def main() -> None:
    """Write the page."""
    write(generated())


if __name__ == '__main__':
    main()
