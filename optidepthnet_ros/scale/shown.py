# SPDX-License-Identifier: Apache-2.0
"""The depths that a frame shows, which must not jump."""

from dataclasses import dataclass

import numpy as np

from optidepthnet_ros.scale.correction import Correction

_NEAREST = 0.01  # metres


@dataclass(frozen=True)
class Shown:
    """The depths of a frame.

    :param depth: float32 of any shape, uncorrected, NaN unknown
    :param near: metres; corrected depth that is nearer is not published and may jump
    :param far: metres; the same for farther depth
    :param relative: whether depth is from a relative network: one over inverse depth of either sign
    """

    depth: np.ndarray
    near: float = 0.0
    far: float = 1000.0
    relative: bool = False

    @property
    def limits(self) -> tuple[float, float]:
        """The nearest and the farthest depth that any frame may show."""
        return max(self.near, _NEAREST), self.far

    def ends(self, correction: Correction) -> tuple[float, float]:
        """Return the nearest and the farthest depth in metres after this correction; without depth, the limits."""
        with np.errstate(divide='ignore'):
            values = 1 / self.depth if self.relative else self.depth
        least, most = float(np.fmin.reduce(values, axis=None)), float(np.fmax.reduce(values, axis=None))
        low, high = (least, most) if self.relative else (1 / most, 1 / least)
        near, far = self.limits
        low, high = max(correction.inverse_depth(low), 1 / far), min(correction.inverse_depth(high), 1 / near)
        return (1 / high, 1 / low) if low <= high else (near, far)
