# SPDX-License-Identifier: Apache-2.0
"""Draws a replay: image, scan and truth from above, the modelled costmap, and the nearest obstacle over time."""

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from PIL import Image

PERIOD = 0.1
COLOURS = 48
# Left, bottom, width and height of the axes, as shares of the figure.
WIDE = (0.0, 0.51, 1.0, 0.48), (0.05, 0.05, 0.27, 0.39), (0.36, 0.05, 0.27, 0.39), (0.68, 0.05, 0.3, 0.39)
HIGH = (0.0, 0.51, 0.5, 0.48), (0.04, 0.05, 0.44, 0.39), (0.54, 0.05, 0.44, 0.39), (0.56, 0.57, 0.42, 0.37)
OURS, TRUTH = 'tab:red', '0.6'


@dataclass(frozen=True)
class View:
    """The outputs for one frame.

    :param marked: cells of the costmap, in a fixed grid
    """

    angles: np.ndarray
    ranges: np.ndarray
    nearest: float
    contact: float
    marked: set[tuple[int, int]]


@dataclass(frozen=True)
class Scene:
    """A frame, the pose of its camera, and the outputs from its depth and from truth."""

    image: np.ndarray
    pose: tuple[float, float, float]
    ours: View
    truth: View


def write_gif(
    scenes: list[Scene], farthest: float, resolution: float, gif: Path | None, folder: Path | None = None
) -> None:
    """Write an animation at 10 frames per second, and its frames into a folder."""
    pictures = [_drawn(scenes[: number + 1], len(scenes), farthest, resolution) for number in range(len(scenes))]
    if folder:
        folder.mkdir(parents=True, exist_ok=True)
        for number, picture in enumerate(pictures):
            picture.save(folder / f'{number:06}.png')
    if gif:
        # One palette for all frames, so that unchanged areas cost nothing.
        sample = Image.fromarray(np.vstack([np.asarray(picture) for picture in pictures[:: len(pictures) // 4]]))
        palette = sample.quantize(COLOURS)
        first, *others = [picture.quantize(palette=palette, dither=Image.Dither.NONE) for picture in pictures]
        first.save(gif, save_all=True, append_images=others, duration=round(1e3 * PERIOD), loop=0, optimize=True)


def _drawn(scenes: list[Scene], number: int, farthest: float, resolution: float) -> Image.Image:
    scene = scenes[-1]
    wide = scene.image.shape[1] > 2 * scene.image.shape[0]
    figure = Figure(figsize=(7.2, 4.5) if wide else (7.2, 4.0), dpi=90)
    image, scan, costmap, course = (figure.add_axes(place) for place in (WIDE if wide else HIGH))
    image.imshow(scene.image[..., ::-1])
    image.axis('off')
    _draw_scan(scan, scene, farthest)
    _draw_costmap(costmap, scene, farthest, resolution)
    _draw_course(course, scenes, number, farthest)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return Image.fromarray(np.asarray(canvas.buffer_rgba())).convert('RGB')


def _from_above(axes: Axes, title: str, farthest: float) -> None:
    axes.plot(0, 0, marker='^', color='black', markersize=6, clip_on=False)
    axes.set(xlim=(-0.6 * farthest, 0.6 * farthest), ylim=(0, 1.05 * farthest), aspect='equal')
    axes.set_title(title, fontsize=8)
    axes.tick_params(labelsize=6)


def _draw_scan(axes: Axes, scene: Scene, farthest: float) -> None:
    """Draw free sectors as well, in white; gray is unknown."""
    axes.set_facecolor('0.88')
    view = scene.ours
    width = view.angles[1] - view.angles[0]
    known = ~np.isnan(view.ranges)
    length = np.minimum(view.ranges[known], farthest)[:, np.newaxis]
    sides = view.angles[known][:, np.newaxis] + np.array([0, -width, width]) / 2
    corners = length * (0, 1, 1)
    axes.add_collection(
        PolyCollection(np.stack([-corners * np.sin(sides), corners * np.cos(sides)], -1), facecolors='white')
    )
    for what, colour, size in ((scene.truth, TRUTH, 4), (view, OURS, 3)):
        near = np.isfinite(what.ranges)
        distances, angles = what.ranges[near], what.angles[near]
        axes.plot(-distances * np.sin(angles), distances * np.cos(angles), '.', color=colour, ms=size)
    _from_above(axes, 'scan (red), truth (gray), metres', farthest)


def _draw_costmap(axes: Axes, scene: Scene, farthest: float, resolution: float) -> None:
    x, y, yaw = scene.pose
    for view, colour, size in ((scene.truth, TRUTH, 4), (scene.ours, OURS, 3)):
        if view.marked:
            cells = (np.array(sorted(view.marked)) + 0.5) * resolution - (x, y)
            ahead = cells @ (math.cos(yaw), math.sin(yaw))
            left = cells @ (-math.sin(yaw), math.cos(yaw))
            axes.plot(-left, ahead, 's', color=colour, ms=size, markeredgewidth=0)
    _from_above(axes, "costmap by Nav2's rules", farthest)


def _draw_course(axes: Axes, scenes: list[Scene], number: int, farthest: float) -> None:
    seconds = PERIOD * np.arange(len(scenes))
    for of, colour in (('truth', TRUTH), ('ours', OURS)):
        axes.plot(seconds, [getattr(scene, of).nearest for scene in scenes], color=colour, marker='.', ms=3, lw=1)
    view = scenes[-1].ours
    near = f'{view.nearest:.1f} m' if math.isfinite(view.nearest) else 'free' if view.nearest > 0 else 'unknown'
    contact = f', contact in {view.contact:.1f} s' if math.isfinite(view.contact) else ''
    axes.set(xlim=(0, PERIOD * number), ylim=(0, farthest))
    axes.set_title(f'nearest: {near}{contact}', fontsize=8)
    axes.tick_params(labelsize=6)
