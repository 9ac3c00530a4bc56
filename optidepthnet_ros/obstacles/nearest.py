# SPDX-License-Identifier: Apache-2.0
"""The nearest obstacle in each sector around a robot, from a depth image.

Anything in a band of heights above the ground is an obstacle. The ray of each pixel is inside this band between two
horizontal distances. A depth before that interval is something that hides the band; a depth inside it is an obstacle; a
depth beyond it proves that the band is free along this ray. The ground behind the interval is therefore not an
obstacle, however the camera is tilted.
"""

import math
from dataclasses import dataclass

import numpy as np

from optidepthnet_ros.geometry.camera import Camera
from optidepthnet_ros.obstacles.mounting import Mounting
from optidepthnet_ros.obstacles.sectors import Sectors

_PIXELS = 100_000  # about this many are used: larger images are decimated
_HORIZONTAL = 1e-9  # rays with a smaller slope are treated as horizontal


@dataclass(frozen=True)
class ObstacleRules:
    """What counts as an obstacle, and what as free.

    :param min_height: lower end of the band, metres above the ground
    :param max_height: upper end of the band, metres above the ground
    :param max_range: horizontal metres from the camera; farther obstacles are ignored
    :param min_pixels: smallest number of pixels of an obstacle, of those that are used (about 100,000 of an image). In
        a free sector, at least as many pixels must look through the band as far as ``max_range``
    :param near_share: share of a sector's obstacle pixels that may be nearer than its distance, so that a few wrong
        pixels have no effect
    :param known_share: share of the band in a sector, measured along the rays, that must be seen for the sector to be
        free; the same share of the rays that are inside the band as far as ``max_range`` must be seen, too
    """

    min_height: float
    max_height: float
    max_range: float
    min_pixels: int = 10
    near_share: float = 0.02
    known_share: float = 0.5


class SectorView:
    """What a mounted camera sees of each sector; built once and used for all of its depth images.

    :param min_depth: nearest depth in metres; -Inf, which is nearer, is taken to be at this depth
    :param max_depth: farthest depth in metres; +Inf is free up to this depth
    """

    def __init__(
        self,
        camera: Camera,
        mounting: Mounting,
        sectors: Sectors,
        rules: ObstacleRules,
        *,
        min_depth: float,
        max_depth: float,
    ):
        self.sectors, self.rules = sectors, rules
        self._min_depth, self._max_depth = np.float32(min_depth), np.float32(max_depth)
        self._size = camera.height, camera.width
        self._step = max(1, math.ceil(math.sqrt(camera.width * camera.height / _PIXELS)))
        angle, distance, slope = _rays(camera.decimated(self._step), mounting)
        enters, leaves = _inside_band(slope, mounting.height, rules)
        index = sectors.index(angle)
        pixels = np.flatnonzero((index >= 0) & (enters < leaves))
        self._pixels = pixels[np.argsort(index[pixels], kind='stable')]
        index = index[self._pixels]
        self._starts = np.searchsorted(index, np.arange(sectors.number + 1))
        self._distance = distance[self._pixels].astype(np.float32)
        self._enters, self._leaves = (limit[self._pixels].astype(np.float32) for limit in (enters, leaves))
        self._length = (self._leaves - self._enters).astype(np.float64)
        self._total = self._per_sector(self._length)
        self._reaching = self._leaves >= np.float32(rules.max_range)
        self._all_reaching = self._per_sector(self._reaching)
        self.in_view = self._total > 0

    def nearest(self, depth: np.ndarray) -> np.ndarray:
        """Return the horizontal distance of the nearest obstacle in each sector.

        :param depth: (H, W) float32 metres along the optical axis; NaN, -Inf and +Inf as in REP-117
        :return: (sectors,) float32 metres; +Inf: free up to ``max_range``; NaN: unknown
        :raises ValueError: the depth's size is not the camera's
        """
        if depth.shape != self._size:
            raise ValueError(
                f'depth is {depth.shape[1]}x{depth.shape[0]}, but the camera {self._size[1]}x{self._size[0]}'
            )
        z = depth[:: self._step, :: self._step].ravel()[self._pixels]
        far = z == np.inf
        z[far], z[z == -np.inf] = self._max_depth, self._min_depth
        distance = z * self._distance
        with np.errstate(invalid='ignore'):  # comparisons with NaN are false
            obstacle = (distance >= self._enters) & (distance <= self._leaves) & ~far
            seen = obstacle | (distance > self._leaves) | (far & (distance >= self._leaves))
        result = np.where(self._is_known(seen), np.float32(np.inf), np.float32(np.nan))
        return self._put_obstacles(result, distance, obstacle)

    def _is_known(self, seen: np.ndarray) -> np.ndarray:
        """Return whether enough of each sector is seen, both overall and at its far end."""
        share = self.rules.known_share
        whole = self._per_sector(self._length * seen) >= share * self._total
        end = self._per_sector(self._reaching & seen) >= share * self._all_reaching
        return whole & end & (self._all_reaching >= self.rules.min_pixels)

    def _put_obstacles(self, result: np.ndarray, distance: np.ndarray, obstacle: np.ndarray) -> np.ndarray:
        counts = self._per_sector(obstacle).astype(int)
        distance[~obstacle] = np.inf
        for sector in np.flatnonzero(counts >= self.rules.min_pixels):
            number = max(self.rules.min_pixels, math.ceil(self.rules.near_share * counts[sector]))
            part = distance[self._starts[sector] : self._starts[sector + 1]]
            result[sector] = np.partition(part, number - 1)[number - 1]
        return result

    def _per_sector(self, values: np.ndarray) -> np.ndarray:
        """Return the sum of the pixels' values in each sector."""
        sums = np.concatenate([[0.0], np.cumsum(values, dtype=np.float64)])
        return np.diff(sums[self._starts])


def _rays(camera: Camera, mounting: Mounting) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return, flattened, each pixel's angle to the left, horizontal distance per metre of depth, and slope."""
    columns, rows = (values.astype(np.float64) for values in camera.rays())
    x, y, z = (
        axis[0] * columns + axis[1] * rows[:, np.newaxis] + axis[2]  # of the levelled frame
        for axis in mounting.rotation
    )
    distance = np.hypot(x, y).ravel()
    return np.arctan2(y, x).ravel(), distance, z.ravel() / np.maximum(distance, _HORIZONTAL)


def _inside_band(slope: np.ndarray, height: float, rules: ObstacleRules) -> tuple[np.ndarray, np.ndarray]:
    """Return the horizontal distances at which rays from this height enter and leave the band; equal if they miss."""
    slope = np.where(np.abs(slope) < _HORIZONTAL, _HORIZONTAL, slope)
    bottom, top = (rules.min_height - height) / slope, (rules.max_height - height) / slope
    enters = np.clip(np.minimum(bottom, top), 0, rules.max_range)
    return enters, np.clip(np.maximum(bottom, top), 0, rules.max_range)
