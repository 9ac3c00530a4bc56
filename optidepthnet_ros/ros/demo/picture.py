# SPDX-License-Identifier: Apache-2.0
"""The demonstration's picture: a frame, its depth with a scale in metres, and its point cloud seen from above."""

from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure, SubFigure

from optidepthnet_ros.files.atomic import replacing
from optidepthnet_ros.geometry.camera import Camera
from optidepthnet_ros.geometry.depth import coordinates_from_depth
from optidepthnet_ros.imaging.preview import colour_depth

_COLOURS = 'turbo_r'  # those of colour_depth
_SCALE = 3.0, 80.0  # metres
_TICKS = 3, 5, 10, 20, 40, 80
_AHEAD, _ASIDE = 40.0, 12.0  # metres that the view from above shows
_HEADROOM = 2.0  # metres above the camera; higher points (trees, sky) would hide the ground


def draw_picture(path: Path, image: np.ndarray, depth: np.ndarray, camera: Camera) -> None:
    """Draw a PNG.

    :param image: (H, W, 3) uint8 BGR
    :param depth: (H, W) float32 metres; NaN is unknown, +Inf beyond range
    :param camera: camera of this size
    """
    figure = Figure(figsize=(14, 6.2), dpi=110, layout='constrained')
    left, right = figure.subfigures(1, 2, width_ratios=(2.5, 1), squeeze=False)[0]
    upper, lower = left.subplots(2, 1)
    _draw_frame(upper, image)
    _draw_depth(left, lower, depth)
    _draw_from_above(right.subplots(), image, depth, camera)
    with replacing(path) as temporary:
        figure.savefig(temporary)


def _draw_frame(axes: Axes, image: np.ndarray) -> None:
    axes.imshow(image[..., ::-1])
    axes.set_title('Camera image')
    axes.axis('off')


def _draw_depth(figure: SubFigure, axes: Axes, depth: np.ndarray) -> None:
    axes.imshow(colour_depth(depth, *_SCALE)[..., ::-1])
    axes.set_title(f'Depth from this image alone (light gray: beyond {_SCALE[1]:g} m, dark gray: unknown)')
    axes.axis('off')
    bar = figure.colorbar(
        ScalarMappable(LogNorm(*_SCALE), _COLOURS), ax=axes, orientation='horizontal', aspect=45, shrink=0.88, pad=0.03
    )
    bar.set_ticks(_TICKS, labels=[f'{tick} m' for tick in _TICKS])
    bar.minorticks_off()


def _draw_from_above(axes: Axes, image: np.ndarray, depth: np.ndarray, camera: Camera) -> None:
    x, y, z = coordinates_from_depth(depth, camera)
    shown = (z < _AHEAD) & (np.abs(x) < _ASIDE) & (y > -_HEADROOM)
    order = np.argsort(-y[shown])  # low points first, so that the high ones cover them, as seen from above
    axes.scatter(x[shown][order], z[shown][order], s=2.5, c=image[..., ::-1][shown][order] / 255, linewidths=0)
    for border in camera.rays()[0][[0, -1]]:
        axes.plot([0, _AHEAD * border], [0, _AHEAD], color='tab:red', linewidth=0.8, linestyle='--')
    axes.plot(0, 0, marker='^', color='tab:red', markersize=9, clip_on=False)
    axes.set(
        xlim=(-_ASIDE, _ASIDE),
        ylim=(0, _AHEAD),
        aspect='equal',
        facecolor='0.93',
        xlabel='metres to the right',
        ylabel='metres ahead',
        title='Its point cloud from above',
    )
    axes.grid(color='white', linewidth=0.8)
    axes.set_axisbelow(True)
