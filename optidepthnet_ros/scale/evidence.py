# SPDX-License-Identifier: Apache-2.0
"""Evidence: what the network predicted and what another sensor measured, at the same pixels."""

from dataclasses import dataclass, replace

import numpy as np


@dataclass(frozen=True)
class Evidence:
    """Pairs of inverse depths, in 1/m.

    :param predicted: (N,) float64, positive; of a relative network in no unit, and of either sign
    :param measured: (N,) float64, positive
    :param minimum: pairs without which nothing is fitted
    :param may_shift: whether such evidence can tell a shift from a scale
    :param pixels: (N,) whole numbers, the place of each pair in the frame's depth, as a flat index; None: there is none
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
        """Take the pairs in which both depths are known.

        :param predicted: (N,) metres along the optical axis, NaN unknown; of a relative network as
            :class:`~optidepthnet_ros.inference.estimator.DepthEstimate` has it
        :param measured: (N,) metres, positive where known
        """
        with np.errstate(invalid='ignore'):
            known = ~np.isnan(predicted) & (predicted != 0) & np.isfinite(measured) & (measured > 0)
        if not known.all():
            predicted, measured = predicted[known], measured[known]
            pixels = None if pixels is None else pixels[known]
        return cls(1 / predicted.astype(np.float64), 1 / measured.astype(np.float64), minimum, may_shift, pixels)

    def thinned(self, most: int) -> 'Evidence':
        """Return every Nth pair, so that no more than ``most`` are left."""
        step = max(1, -(-len(self) // most))
        pixels = None if self.pixels is None else self.pixels[::step]
        return replace(self, predicted=self.predicted[::step], measured=self.measured[::step], pixels=pixels)

    def __len__(self) -> int:
        return len(self.predicted)
