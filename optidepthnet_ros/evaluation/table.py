"""The table that people read."""

from collections.abc import Iterable

from optidepthnet_ros.evaluation.summary import Estimate, Summary

DECIMALS = {'sq_rel': 3, 'rmse': 3, 'd1': 2, 'epe': 3, 'scale_ratio': 3, 'coverage': 3}  # others: 4
HEADINGS = {'scale_ratio': 'scale', 'd1': 'd1 %', 'photometric': 'photom.', 'near_sky': 'nearsky'}
COLUMN = 9


def format_table(summaries: list[Summary]) -> str:
    """Return lines: for each system its means, their intervals, and how its means differ from the first system's.

    A star marks a difference whose own interval excludes zero.
    """
    metrics = list(summaries[0].metrics)
    lines = [_line([f'{HEADINGS.get(name, name)} ' for name in metrics])]
    for summary in summaries:
        lines.append(_line([_number(name, summary.metrics[name].mean) for name in metrics], summary.name))
        intervals = {name: interval for name in metrics if (interval := summary.metrics[name].interval)}
        if len(intervals) == len(metrics):
            for end, label in enumerate(('  95 % from', '       to')):
                lines.append(_line([_number(name, intervals[name][end]) for name in metrics], label))
        if summary.difference:
            lines.append(
                _line([_difference(name, summary.difference[name]) for name in metrics], f'  minus {summaries[0].name}')
            )
    return '\n'.join(lines)


def _number(metric: str, value: float) -> str:
    return f'{value:.{DECIMALS.get(metric, 4)}f} '


def _difference(metric: str, estimate: Estimate) -> str:
    return f'{estimate.mean:+.{DECIMALS.get(metric, 4)}f}{"*" if estimate.is_clear else " "}'


def _line(cells: Iterable[str], label: str = '') -> str:
    return (''.join(f'{cell:>{COLUMN}}' for cell in cells) + f' {label}').rstrip()
