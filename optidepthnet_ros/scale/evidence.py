# SPDX-License-Identifier: Apache-2.0
"""Evidence: what the network predicted and what another sensor measured, at the same pixels."""

from dataclasses import dataclass, replace

import numpy as np

MOST = 500  # pairs that are fitted; more would not improve the fit


@dataclass(frozen=True)
class Evidence:
    """Pairs of inverse depths, in 1/m.

    :param predicted: (N,) float64, positive; for a relative network, without unit and of either sign
    :param measured: (N,) float64, positive
    :param minimum: number of pairs that a fit needs
    :param may_shift: whether such evidence can distinguish a shift from a scale
    :param pixels: (N,) integers, flat index of each pair in the frame's depth; None: unknown
    """

    predicted: np.ndarray
    measured: np.ndarray
    minimum: int = 10
    may_shift: bool = True
    pixels: np.ndarray | None = None

    @classmethod
    def of_depths(
        cls,
        predicted: np.ndarray,
        measured: np.ndarray,
        minimum: int = 10,
        may_shift: bool = True,
        pixels: np.ndarray | None = None,
    ) -> 'Evidence':
        """Take the pairs in which both depths are known; if there are more than :data:`MOST`, evenly spaced ones.

        :param predicted: (N,) metres along the optical axis, NaN unknown; for a relative network, as in
            :class:`~optidepthnet_ros.inference.estimator.DepthEstimate`
        :param measured: (N,) metres, positive where known
        """
        known = (np.abs(predicted) > 0) & (measured > 0) & (measured < np.inf)
        (chosen,) = known.nonzero()
        chosen = chosen[:: _step(len(chosen), MOST)]
        predicted, measured = predicted[chosen].astype(np.float64), measured[chosen].astype(np.float64)
        return cls(1 / predicted, 1 / measured, minimum, may_shift, None if pixels is None else pixels[chosen])

    def thinned(self, most: int) -> 'Evidence':
        """Return every Nth pair, so that at most ``most`` are left."""
        step = _step(len(self), most)
        if step == 1:
            return self
        pixels = None if self.pixels is None else self.pixels[::step]
        return replace(self, predicted=self.predicted[::step], measured=self.measured[::step], pixels=pixels)

    def __len__(self) -> int:
        return len(self.predicted)


def _step(number: int, most: int) -> int:
    return max(1, -(-number // most))
