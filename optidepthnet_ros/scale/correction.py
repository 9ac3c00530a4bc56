# SPDX-License-Identifier: Apache-2.0
"""The correction of depth: corrected 1/Z = scale * (1/Z of the network) + shift."""

import math
from dataclasses import dataclass
from typing import overload

import numpy as np


@dataclass(frozen=True)
class Correction:
    """An affine map of inverse depth. A scale of 2 halves all distances.

    :param shift: 1/m
    """

    scale: float = 1.0
    shift: float = 0.0

    @property
    def is_identity(self) -> bool:
        """Whether it changes nothing."""
        return self.scale == 1.0 and self.shift == 0.0

    def depth(self, depth: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
        """Return corrected depth; the same array if nothing changes.

        :param depth: float32 metres, NaN unknown
        :param out: the array for the result if something changes, for example the same one; None: a new one
        :return: float32 metres, NaN also where the shift leaves no positive inverse depth
        """
        if self.is_identity:
            return depth
        if self.shift == 0.0:
            return np.multiply(depth, np.float32(1 / self.scale), out=out)
        return self._with_shift(depth, may_vanish=self.shift < 0, out=out)

    def depth_of_relative(self, depth: np.ndarray) -> np.ndarray:
        """Convert the depth of a relative network to metres, in a new array.

        :param depth: float32, one over relative inverse depth, of either sign, infinite where that is 0, NaN unknown
        :return: float32 metres, NaN also where no positive inverse depth is left
        """
        return self._with_shift(depth, may_vanish=True)

    def _with_shift(self, depth: np.ndarray, may_vanish: bool, out: np.ndarray | None = None) -> np.ndarray:
        with np.errstate(divide='ignore', invalid='ignore'):
            corrected = np.divide(np.float32(self.scale), depth, out=out)
            corrected += np.float32(self.shift)
            if may_vanish:
                corrected[corrected <= 0] = np.nan
            np.divide(np.float32(1), corrected, out=corrected)
        return corrected

    @overload
    def inverse_depth(self, inverse: np.ndarray) -> np.ndarray: ...

    @overload
    def inverse_depth(self, inverse: float) -> float: ...

    def inverse_depth(self, inverse: np.ndarray | float) -> np.ndarray | float:
        """Return corrected inverse depth, which may be negative."""
        return self.scale * inverse + self.shift

    def after(self, first: 'Correction') -> 'Correction':
        """Return the correction that applies ``first`` and then this one."""
        return Correction(self.scale * first.scale, self.scale * first.shift + self.shift)

    def towards(self, other: 'Correction', near: float, far: float, limit: float) -> 'Correction':
        """Return the correction nearest to ``other`` that changes no log depth by more than a limit.

        The ratio of two such maps is monotonic in inverse depth, so it is largest at one of the ends. Each end moves
        separately, and the two ends define a map. If both reach their goal, it is ``other``.

        :param near: nearest depth in metres, corrected by this one
        :param far: farthest depth in metres, corrected by this one
        """
        before, after, arrived = [], [], True
        for inverse in (1 / near, 1 / far):
            raw = (inverse - self.shift) / self.scale
            wanted = other.inverse_depth(raw)
            change = math.log(wanted / inverse) if wanted > 0 else -math.inf
            arrived &= abs(change) <= limit
            before.append(raw)
            after.append(inverse * math.exp(max(-limit, min(limit, change))))
        if arrived:
            return other
        apart = before[0] - before[1]
        if apart < 1e-6 * abs(before[0]):  # only one depth
            factor = after[0] * near
            return Correction(factor * self.scale, factor * self.shift)
        scale = (after[0] - after[1]) / apart
        return Correction(scale, after[0] - scale * before[0])


IDENTITY = Correction()
