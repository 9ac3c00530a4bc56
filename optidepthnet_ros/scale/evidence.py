# SPDX-License-Identifier: Apache-2.0
"""Evidence: what the network predicted and what another sensor measured, at the same pixels."""

from dataclasses import dataclass, replace

import numpy as np


@dataclass(frozen=True)
class Evidence:
    """Pairs of inverse depths, in 1/m.

    :param predicted: (N,) float64, positive
    :param measured: (N,) float64, positive
    :param minimum: pairs without which nothing is fitted
    :param may_shift: whether such evidence can tell a shift from a scale
    """

    predicted: np.ndarray
    measured: np.ndarray
    minimum: int = 10
    may_shift: bool = True

    @classmethod
    def of_depths(
        cls, predicted: np.ndarray, measured: np.ndarray, minimum: int = 10, may_shift: bool = True
    ) -> 'Evidence':
        """Take the pairs in which both depths are known.

        :param predicted: (N,) metres along the optical axis, NaN unknown
        :param measured: (N,) likewise
        """
        known = np.isfinite(predicted) & np.isfinite(measured)
        known[known] = (predicted[known] > 0) & (measured[known] > 0)
        return cls(1 / predicted[known].astype(np.float64), 1 / measured[known].astype(np.float64), minimum, may_shift)

    def thinned(self, most: int) -> 'Evidence':
        """Return every Nth pair, so that no more than ``most`` are left."""
        step = max(1, -(-len(self) // most))
        return replace(self, predicted=self.predicted[::step], measured=self.measured[::step])

    def __len__(self) -> int:
        return len(self.predicted)
