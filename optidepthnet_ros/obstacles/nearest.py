# SPDX-License-Identifier: Apache-2.0
"""The nearest obstacle in each sector around a robot, from a depth image.

An obstacle is what lies in a band of heights above the ground. Each pixel looks along a ray that is inside this band
from one horizontal distance to another. What it measures before, inside and beyond that interval is something that
hides the band, an obstacle, and the proof that the band is free along this ray: the ground behind the interval is no
obstacle, however the camera is tilted.
"""

import math
from dataclasses import dataclass

import numpy as np

from optidepthnet_ros.geometry.camera import Camera
from optidepthnet_ros.obstacles.mounting import Mounting
from optidepthnet_ros.obstacles.sectors import Sectors

_PIXELS = 100_000  # that are looked at, about: larger images are decimated
_HORIZONTAL = 1e-9  # slope of a ray that is taken for horizontal


@dataclass(frozen=True)
class ObstacleRules:
    """What counts as an obstacle, and what as free.

    :param min_height: metres above the ground, likewise ``max_height``: the band
    :param max_range: metres, horizontally from the camera: farther obstacles are none
    :param min_pixels: that an obstacle has at least, of those that are looked at (about 100,000 of an image); likewise
        the pixels that must see as far as ``max_range`` where a sector is free
    :param near_share: the distance of a sector is exceeded by all but this share of its obstacle pixels, so that a few
        wrong ones do not count
    :param known_share: of the band in a sector, measured along the rays, that must be seen where it is free; likewise
        of the rays that are inside it as far as ``max_range``
    """

    min_height: float
    max_height: float
    max_range: float
    min_pixels: int = 10
    near_share: float = 0.02
    known_share: float = 0.5


class SectorView:
    """What a mounted camera sees of each sector; made once, and used for each of its depth images.

    :param min_depth: metres of the nearest depth: what is nearer, -Inf, is taken to be there
    :param max_depth: metres of the farthest depth: +Inf is free up to there
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

        :param depth: (H, W) float32 metres along the optical axis; NaN, -Inf and +Inf as REP-117 has them
        :return: (sectors,) float32 metres; +Inf: free up to ``max_range``; NaN: unknown
        :raises ValueError: depth of another size than the camera's
        """
        if depth.shape != self._size:
            raise ValueError(
                f'depth is {depth.shape[1]}x{depth.shape[0]}, but the camera {self._size[1]}x{self._size[0]}'
            )
        z = depth[:: self._step, :: self._step].ravel()[self._pixels]
        far = z == np.inf
        z[far], z[z == -np.inf] = self._max_depth, self._min_depth
        distance = z * self._distance
        with np.errstate(invalid='ignore'):  # NaN is nowhere
            obstacle = (distance >= self._enters) & (distance <= self._leaves) & ~far
            seen = obstacle | (distance > self._leaves) | (far & (distance >= self._leaves))
        result = np.where(self._is_known(seen), np.float32(np.inf), np.float32(np.nan))
        return self._put_obstacles(result, distance, obstacle)

    def _is_known(self, seen: np.ndarray) -> np.ndarray:
        """Return whether enough of each sector is seen, on the whole and at its far end."""
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
    """Return of each pixel, in a row, its angle to the left, and per metre along the optical axis: distance, slope."""
    columns, rows = (values.astype(np.float64) for values in camera.rays())
    x, y, z = (
        axis[0] * columns + axis[1] * rows[:, np.newaxis] + axis[2]  # of the levelled frame
        for axis in mounting.rotation
    )
    distance = np.hypot(x, y).ravel()
    return np.arctan2(y, x).ravel(), distance, z.ravel() / np.maximum(distance, _HORIZONTAL)


def _inside_band(slope: np.ndarray, height: float, rules: ObstacleRules) -> tuple[np.ndarray, np.ndarray]:
    """Return the horizontal distances at which rays from this height enter and leave the band; nowhere: equal."""
    slope = np.where(np.abs(slope) < _HORIZONTAL, _HORIZONTAL, slope)
    bottom, top = (rules.min_height - height) / slope, (rules.max_height - height) / slope
    enters = np.clip(np.minimum(bottom, top), 0, rules.max_range)
    return enters, np.clip(np.maximum(bottom, top), 0, rules.max_range)
