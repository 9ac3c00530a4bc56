# SPDX-License-Identifier: Apache-2.0
"""Draws the samples of a batch, and windows in them: one shape per batch, with all kinds of recordings in each."""

import math
from collections import Counter
from dataclasses import dataclass

import torch

from optidepthnet_ros.training.packed.store import SampleStore
from optidepthnet_ros.training.packed.views import Window
from optidepthnet_ros.training.views import ROAD_WINDOWS, SPREAD, ZOOM


@dataclass(frozen=True)
class WindowOptions:
    """How much views vary.

    :param zoom: smallest and largest zoom if the window fits into the sample; otherwise enlarged until it does
    :param roll: standard deviation in degrees, for the share ``rolled`` of the samples
    """

    zoom: tuple[float, float] = ZOOM
    roll: float = 3.0
    rolled: float = 0.4


class WindowDrawer:
    """Draws items by the shares of their folders, and windows that lie within them.

    :param shares: shares of the folders; within a folder, a scene is drawn in proportion to the square root of its size
    :param focal: the canonical focal length, pixels
    :param left_out: positions of samples that are never drawn
    :raises ValueError: nothing is left to draw
    """

    def __init__(
        self,
        store: SampleStore,
        shares: list[float],
        focal: float,
        options: WindowOptions = WindowOptions(),
        left_out: frozenset[int] = frozenset(),
        shapes: tuple[tuple[int, int], ...] = ROAD_WINDOWS,
    ):
        self._store, self._focal, self._options, self.shapes = store, focal, options, shapes
        chances = _chances(store, shares, left_out)
        self._last = int(chances.nonzero()[-1])
        self._cumulative = chances.cumsum(0).to(store.device)

    def draw(self, count: int, shape: tuple[int, int], random: torch.Generator) -> tuple[torch.Tensor, Window]:
        """Return items, and windows of this height and width.

        :param random: a generator on the device of the store
        """
        chance = torch.rand(count, device=self._store.device, generator=random) * self._cumulative[-1]
        items = torch.searchsorted(self._cumulative, chance, right=True).clamp(max=self._last)
        return items, self._window(items, *shape, random)

    def _window(self, items: torch.Tensor, height: int, width: int, random: torch.Generator) -> Window:
        options = self._options

        def uniform() -> torch.Tensor:
            return torch.rand(len(items), device=items.device, generator=random)

        rolled = uniform() < options.rolled
        roll = torch.randn(len(items), device=items.device, generator=random) * math.radians(options.roll)
        roll = torch.where(rolled, roll, 0).clamp(-0.3, 0.3)
        cosine, sine = roll.cos(), roll.sin().abs()
        extent = torch.stack([width * cosine + height * sine, height * cosine + width * sine], 1)
        sizes = self._store.image_layout[items, 1:3].flip(1)
        canonical = sizes * (self._focal / self._store.focal[items])[:, None]
        fitting = (extent / canonical).amax(1)
        smallest = fitting.clamp(min=options.zoom[0])
        largest = (SPREAD * smallest).clamp(min=options.zoom[1])
        zoom = (smallest.log() + uniform() * (largest / smallest).log()).exp()
        margin = extent * (self._store.focal[items] / (self._focal * zoom))[:, None] / 2
        place = torch.stack([uniform(), uniform()], 1)
        centre = margin + place * (sizes - 2 * margin).clamp(min=0) - 0.5
        mirror = torch.where(uniform() < 0.5, 1.0, -1.0)
        return Window(zoom, roll, mirror, centre)


def _chances(store: SampleStore, shares: list[float], left_out: frozenset[int]) -> torch.Tensor:
    sizes = Counter(sample.scene for sample in store.samples)
    chances = torch.tensor(
        [0.0 if item in left_out else sizes[sample.scene] ** -0.5 for item, sample in enumerate(store.samples)]
    )
    groups = torch.tensor(store.groups)
    for group, share in enumerate(shares):
        members = groups == group
        chances[members] *= share / chances[members].sum().clamp(min=1e-9)
    if not chances.sum() > 0:
        raise ValueError('no samples to train on: all are held out, or all shares are 0')
    return chances
