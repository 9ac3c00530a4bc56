# SPDX-License-Identifier: Apache-2.0
"""A scale calibration as text, as a plot of residuals, and as parameters of the node."""

import datetime
import math
from pathlib import Path

import numpy as np

from optidepthnet_ros.files.atomic import replacing
from optidepthnet_ros.scale.calibration import Calibration, depth_ratio, median_error
from optidepthnet_ros.scale.correction import IDENTITY, Correction
from optidepthnet_ros.scale.evidence import Evidence


def describe(found: Calibration) -> str:
    """Return the fit with its intervals, and a table of the errors by distance."""
    c = found.correction
    shift = f'{c.shift:.5f} 1/m (95 %: {_interval(found.shift_interval, 5)})' if c.shift else 'none'
    before, after = (_percent(median_error(found.evidence, one)) for one in (IDENTITY, c))
    lines = [
        f'{found.units} frames or points, {len(found.evidence)} pairs, {found.inliers:.0%} of them agree',
        f'scale {c.scale:.4f} (95 %: {_interval(found.scale_interval, 4)}), shift {shift}',
        f'median error of depth {before} before, {after} after',
        '',
        f'{"measured (m)":>14} {"pairs":>6} {"before":>8} {"after":>8}   median of predicted by measured depth - 1',
    ]
    return '\n'.join([*lines, *_by_distance(found.evidence, c)])


def draw_residuals(found: Calibration, path: Path) -> None:
    """Plot the ratio of predicted to measured depth over distance, before and after, as a PNG."""
    from matplotlib.figure import Figure  # only a plot needs it

    evidence = found.evidence
    figure = Figure(figsize=(8, 4.5), layout='constrained')
    axes = figure.subplots()
    for label, correction in (('before', IDENTITY), ('after', found.correction)):
        ratio = depth_ratio(evidence, correction)
        axes.plot(1 / evidence.measured, ratio, '.', markersize=4 if len(ratio) > 100 else 8, alpha=0.6, label=label)
    axes.axhline(1, color='black', linewidth=0.8)
    axes.set(xscale='log', yscale='log', xlabel='measured depth (m)', ylabel='predicted by measured depth')
    axes.legend()
    with replacing(path) as temporary:
        figure.savefig(temporary, format='png', dpi=90)


def parameters_yaml(found: Calibration, model: str, digest: str, source: str) -> str:
    """Return parameters of the depth node, with their origin as comments.

    :param model: name of the network; ``digest``: SHA-256 of its checkpoint
    :param source: what the measurements come from
    """
    low, high = np.quantile(1 / found.evidence.measured, (0.05, 0.95))
    return (
        '# Written by optidepthnet calibrate-scale, for one camera and one model.\n'
        f'# Date: {datetime.date.today().isoformat()}\n'
        f'# Model: {model}\n'
        f'# Evidence: {source}: {found.units} frames or points at {low:.2f} to {high:.2f} m, '
        f'{found.inliers:.0%} of the pairs agree\n'
        f'# Scale: {_interval(found.scale_interval, 4)} (95 %), shift: {_interval(found.shift_interval, 5)} 1/m\n'
        f'# Median error of depth: {_percent(median_error(found.evidence, IDENTITY))} before, '
        f'{_percent(median_error(found.evidence, found.correction))} after\n'
        '/**:\n'
        '  ros__parameters:\n'
        f'    scale_factor: {found.correction.scale:.6f}\n'
        f'    scale_shift: {found.correction.shift:.6f}\n'
        f"    scale_model: '{digest}'\n"
    )


def _by_distance(evidence: Evidence, correction: Correction) -> list[str]:
    """Return a line for each octave of measured depth."""
    octave = np.floor(-np.log2(evidence.measured)).astype(int)
    before, after = depth_ratio(evidence, IDENTITY), depth_ratio(evidence, correction)
    lines = []
    for power in np.unique(octave):
        here = octave == power
        errors = ' '.join(f'{np.median(ratio[here]) - 1:>+8.0%}' for ratio in (before, after))
        lines.append(f'{2.0**power:>5g} to {2.0 ** (power + 1):<5g} {here.sum():>6} {errors}')
    return lines


def _interval(ends: tuple[float, float], digits: int) -> str:
    return f'{ends[0]:.{digits}f} to {ends[1]:.{digits}f}'


def _percent(logarithm: float) -> str:
    return f'{math.expm1(logarithm):.1%}'
