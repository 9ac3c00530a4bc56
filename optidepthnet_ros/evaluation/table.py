# SPDX-License-Identifier: Apache-2.0
"""The table that people read."""

from collections.abc import Iterable

from optidepthnet_ros.evaluation.summary import Estimate, Summary

DECIMALS = {'sq_rel': 3, 'rmse': 3, 'd1': 2, 'epe': 3, 'scale_ratio': 3, 'coverage': 3}  # others: 4
HEADINGS = {'scale_ratio': 'scale', 'd1': 'd1 %', 'photometric': 'photom.', 'near_sky': 'nearsky'}
# Notes on metrics that the literature does not define, or names differently.
NOTES = {
    'delta1': 'delta1: share of pixels with less than 25 % error; higher is better',
    'd1': 'd1 %: percent of pixels whose disparity is off by more than 3 px and 5 %',
    'scale_ratio': 'scale: median of the truth / median of the prediction; at 0.5, distances are twice too large',
    'coverage': 'coverage: share of the truth that has a prediction; the other columns only count this share',
    'photometric': 'photom.: difference of the left image from its reconstruction from the right; lower is better',
    'near_sky': 'nearsky: share of the image that is sky but predicted as near; lower is better',
}
COLUMN = 9


def format_table(summaries: list[Summary]) -> str:
    """Return lines: for each system its means, their intervals, and the differences of its means to the first system.

    A star marks a difference whose own interval excludes zero. The columns are explained last, below a blank line.
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
    notes = [text for name, text in NOTES.items() if name in metrics]
    if any(estimate.is_clear for summary in summaries for estimate in summary.difference.values()):
        notes.append('*: a clear difference: the 95 % interval of the differences of paired frames excludes zero')
    return '\n'.join([*lines, *(['', *notes] if notes else [])])


def _number(metric: str, value: float) -> str:
    return f'{value:.{DECIMALS.get(metric, 4)}f} '


def _difference(metric: str, estimate: Estimate) -> str:
    return f'{estimate.mean:+.{DECIMALS.get(metric, 4)}f}{"*" if estimate.is_clear else " "}'


def _line(cells: Iterable[str], label: str = '') -> str:
    return (''.join(f'{cell:>{COLUMN}}' for cell in cells) + f' {label}').rstrip()
