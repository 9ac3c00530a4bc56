# SPDX-License-Identifier: Apache-2.0
"""Means of the metrics over images, and differences between systems, both with intervals."""

from dataclasses import dataclass

import numpy as np

from optidepthnet_ros.evaluation.bootstrap import draw_weights, interval
from optidepthnet_ros.evaluation.comparison import Comparison


@dataclass(frozen=True)
class Estimate:
    """A mean over equally weighted images, and its interval; a single image has no interval."""

    mean: float
    interval: tuple[float, float] | None

    @property
    def is_clear(self) -> bool:
        """Whether the interval excludes zero."""
        return self.interval is not None and not self.interval[0] <= 0 <= self.interval[1]


@dataclass(frozen=True)
class Summary:
    """Estimates of one system by metric, and those of its difference to the first system (empty for the first)."""

    name: str
    metrics: dict[str, Estimate]
    difference: dict[str, Estimate]


def summarise(comparison: Comparison, *, samples: int, seed: int, block: int = 1) -> list[Summary]:
    """Summarise each system over all frames.

    A metric that any frame lacks (disparity, if the rig is not known) is left out.

    :param samples: resamplings of the bootstrap
    :param block: how many consecutive frames it draws together
    """
    weights = draw_weights(len(comparison.frames), samples, seed, block) if len(comparison.frames) > 1 else None
    names = [
        name for name in comparison.metrics[0][0] if all(name in row for rows in comparison.metrics for row in rows)
    ]
    values = [{name: np.array([row[name] for row in rows]) for name in names} for rows in comparison.metrics]

    def estimate(of_images: np.ndarray) -> Estimate:
        return Estimate(float(of_images.mean()), None if weights is None else interval(of_images, weights))

    return [
        Summary(
            system.name,
            {name: estimate(own[name]) for name in names},
            {name: estimate(own[name] - values[0][name]) for name in names} if number else {},
        )
        for number, (system, own) in enumerate(zip(comparison.systems, values))
    ]
