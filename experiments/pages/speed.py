# SPDX-License-Identifier: Apache-2.0
"""Put records of experiments/speed/ into docs/performance.md: int8, the start of the node, and the output stride.

    python -m experiments.pages.speed

A test fails when the page differs from what this writes. The contests' tables are filled by fill_performance.
"""

from experiments.pages.page import PAGES, filled, table, write
from experiments.pages.results import read

SHARE = 'share of multiply-accumulates in int8'


def generated() -> dict[str, str]:
    """Return the content of the page, by its path in the repository."""
    blocks = {
        'int8': int8_table(read('int8')),
        'start': start_table(read('start')),
        'stride': stride_table(read('output_stride')),
    }
    return {'docs/performance.md': filled(PAGES / 'performance.md', blocks)}


def int8_table(records: dict[str, dict]) -> str:
    """Return for each network what is off, from all groups of layers in int8 to as many as are within the bounds."""
    lines = []
    for name, record in records.items():
        steps = record['kept']
        shown = sorted({0, len(steps) // 2, len(steps) - 1})
        lines += [[name, *_step(steps[index], len(record['groups']))] for index in shown]
    return table(['', 'groups in float32', 'multiply-accumulates in int8', 'median', '95th percentile'], lines)


def _step(step: dict, groups: int) -> list[str]:
    return [
        f'{step["groups in float32"]} of {groups}',
        f'{step[SHARE]:.0%}',
        f'{step["median"]:.2%}',
        f'{step["p95"]:.1%}',
    ]


def start_table(record: dict) -> str:
    """Return seconds of the parts of a start, cold and warm, by the clock and of the processor."""
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


def stride_table(records: dict[str, dict]) -> str:
    """Return for each model and stride its errors, its edges, the range of a crate, and where one is seen in vain."""
    lines = [
        [
            f'{model}, stride {stride}',
            *_errors(record['errors'][stride]),
            *_edges(record, stride),
            *_crate(record, stride),
        ]
        for model, record in records.items()
        for stride in record['errors']
    ]
    edges = 'edges completeness, px', 'found', 'accuracy, px', 'right'
    return table(['', 'Abs Rel', 'RMSE m', 'delta1', *edges, 'crate', 'false at 0.1 m', 'at 0.2 m'], lines)


def _errors(metrics: dict[str, dict]) -> list[str]:
    return [f'{metrics["abs_rel"]["mean"]:.3f}', f'{metrics["rmse"]["mean"]:.2f}', f'{metrics["delta1"]["mean"]:.3f}']


def _edges(record: dict, stride: str) -> list[str]:
    row = record['edges']['rows'][stride]
    return [f'{row[f"edge_{name}"]:.2f}' for name in ('completeness', 'recall', 'accuracy', 'precision')]


def _crate(record: dict, stride: str) -> list[str]:
    low, high = (record['crate'][stride][height] for height in ('0.1', '0.2'))
    return [f'{low["median ratio"]:.2f}', *(f'{one["false"]} of {one["frames without"]}' for one in (low, high))]


def main() -> None:
    """Write the page."""
    write(generated())


if __name__ == '__main__':
    main()
