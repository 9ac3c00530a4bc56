# SPDX-License-Identifier: Apache-2.0
"""The table as a picture: image, ground truth, and the depth and error of each system, for a few frames."""

import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LogNorm, Normalize
from matplotlib.figure import Figure  # not pyplot: a Figure alone draws to a file and needs no display

from optidepthnet_ros.evaluation.comparison import Comparison, Shown
from optidepthnet_ros.evaluation.known import mean_of_known
from optidepthnet_ros.evaluation.protocol import Protocol
from optidepthnet_ros.files.atomic import replacing

# In inches: width of a cell, space between cells, above them, left of them for labels, below them for colour bars.
_CELL, _GAP, _TITLE, _LABELS, _BARS = 5.0, 0.1, 0.35, 1.8, 1.4
_DPI = 110
_LARGEST_ERROR = 0.5  # relative, of the brightest colour
_TICKS = (0.1, 0.2, 0.5, 1, 2, 3, 5, 10, 20, 40, 80, 160)  # metres
_DEPTH_COLOURS = colormaps['turbo_r'].with_extremes(bad='0.85')  # near is red, far is blue, unknown gray
_ERROR_COLOURS = colormaps['inferno'].with_extremes(bad='0.85')


def draw_picture(path: Path, comparison: Comparison, protocol: Protocol) -> None:
    """Draw a PNG: a column for each frame that the comparison kept, two rows for each system."""
    pictures = [shown.frame.pixels() for shown in comparison.shown]
    with_images = not any(picture is None for picture in pictures)
    labels = ['image', 'truth'] if with_images else ['truth']
    for system in comparison.systems:
        labels += [textwrap.fill(system.name, 22), 'its error']
    figure, axes = _make_grid(labels, [shown.frame.depth.shape for shown in comparison.shown])
    nearest, farthest = _range(comparison.shown, protocol)
    depth: dict[str, Any] = {'cmap': _DEPTH_COLOURS, 'norm': LogNorm(nearest, farthest)}
    error: dict[str, Any] = {'cmap': _ERROR_COLOURS, 'norm': Normalize(0, _LARGEST_ERROR)}
    for column, picture, shown in zip(axes.T, pictures, comparison.shown):
        if with_images and picture is not None:
            column[0].imshow(picture[..., ::-1])
        _draw_frame(column[with_images:], shown, protocol, depth, error)
        column[0].set_title(shown.frame.name)
    _draw_bar(figure, 0.95, depth, 'depth (m)', [tick for tick in _TICKS if nearest <= tick <= farthest])
    _draw_bar(figure, 0.4, error, 'relative error', (0, 0.1, 0.2, 0.3, 0.4, 0.5))
    with replacing(path) as temporary:
        figure.savefig(temporary)


def _range(shown: Sequence[Shown], protocol: Protocol) -> tuple[float, float]:
    """Return the depths in metres of the nearest and the farthest colour: the range of the truth."""
    truth = np.concatenate([one.frame.depth[protocol.compared(one.frame.depth)] for one in shown])
    nearest, farthest = np.percentile(truth, (0.5, 99.5))
    return float(nearest), max(float(farthest), 1.5 * float(nearest))  # a range even for a flat wall


def _make_grid(labels: list[str], shapes: list[tuple[int, ...]]) -> tuple[Figure, np.ndarray]:
    """Return a figure and its axes, a row for each label and a column for each shape (H, W)."""
    height = _CELL * max(rows / columns for rows, columns in shapes)
    gap = 2.5 * _GAP  # holds a line of text
    total = _TITLE + len(labels) * (height + gap) + _BARS
    width = _LABELS + len(shapes) * (_CELL + _GAP)
    # Laid out here: matplotlib's own layout takes many seconds for this number of axes.
    figure = Figure((width, total), _DPI)
    axes = figure.subplots(
        len(labels),
        len(shapes),
        squeeze=False,
        gridspec_kw={
            'left': _LABELS / width,
            'right': 1 - _GAP / width,
            'wspace': _GAP / _CELL,
            'top': 1 - _TITLE / total,
            'bottom': (_BARS + gap) / total,
            'hspace': gap / height,
        },
    )
    for cell in axes.flat:
        cell.set(xticks=[], yticks=[])
    for cell, label in zip(axes[:, 0], labels):
        cell.set_ylabel(label, rotation='horizontal', ha='right', va='center')
    return figure, axes


def _draw_frame(
    cells: Sequence[Axes], shown: Shown, protocol: Protocol, depth: dict[str, Any], error: dict[str, Any]
) -> None:
    """Draw the truth, then the depth of each system and its error where it is evaluated."""
    truth = shown.frame.depth
    cells[0].imshow(_shrink(truth), **depth)
    compared = protocol.compared(truth)
    for number, prediction in enumerate(shown.predictions):
        used = protocol.limit(protocol.prepare(prediction, truth))
        off = np.full(truth.shape, np.nan)
        off[compared] = np.abs(used[compared] / truth[compared] - 1)
        cells[2 * number + 1].imshow(_shrink(used), **depth)
        cells[2 * number + 2].imshow(_shrink(off), **error)
        cells[2 * number + 2].set_xlabel(f'Abs Rel {np.nanmean(off):.3f}', labelpad=1)


def _shrink(values: np.ndarray) -> np.ndarray:
    """Shrink to about the drawn size, so that sparse truth stays visible."""
    height, width = values.shape
    scale = min(_CELL * _DPI / width, 1)
    return mean_of_known(values, (max(round(height * scale), 1), max(round(width * scale), 1)))


def _draw_bar(figure: Figure, inches: float, colours: dict[str, Any], label: str, ticks: Sequence[float]) -> None:
    """Draw a colour bar with its label on the left, ``inches`` above the lower border."""
    width, height = figure.get_size_inches()
    axes = figure.add_axes((_LABELS / width, inches / height, 1 - (_LABELS + 3 * _GAP) / width, 0.15 / height))
    bar = figure.colorbar(ScalarMappable(**colours), cax=axes, orientation='horizontal')
    bar.set_ticks(ticks, labels=[f'{tick:g}' for tick in ticks])
    bar.minorticks_off()
    axes.set_ylabel(label, rotation='horizontal', ha='right', va='center')
