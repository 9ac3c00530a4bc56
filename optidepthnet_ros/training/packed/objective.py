# SPDX-License-Identifier: Apache-2.0
"""The objective of a training on packed samples: known depth in the left view, and carried over to the right view."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

import torch

from optidepthnet_ros.training.losses.log_depth import coarser, log_error, sky_error, slope_error
from optidepthnet_ros.training.losses.relative import relative_error
from optidepthnet_ros.training.losses.right_view import carried_over
from optidepthnet_ros.training.packed.archive import MATCHED, RELATIVE
from optidepthnet_ros.training.packed.store import SOURCES
from optidepthnet_ros.training.packed.views import Views

SCALE_WEIGHTS = (1.0, 0.5, 0.25, 0.125)
TRUST = {'measured': 1.0, 'rendered': 1.0, MATCHED: 0.5, 'teacher': 1.0, RELATIVE: 0.3}
SKY_METRES = 120.0  # minimum depth of sky


@dataclass(frozen=True)
class Objective:
    """Weights of the parts of the loss.

    :param unit: in metres: b0 f_c / W_c, disparity divided by inverse depth in 1/m
    :param canonical_width: pixels
    :param trust: weight of each source of depth; for relative depth, the weight of its own loss, which is slow to
        compute and left out if its weight is 0
    :param dense: sources whose slopes are as good as their depth
    """

    unit: float
    canonical_width: float
    trust: dict[str, float] = field(default_factory=TRUST.copy)
    dense: tuple[str, ...] = ('rendered', 'teacher')
    slope: float = 0.5
    sky: float = 1.0
    right: float = 0.2

    def __call__(self, disparities: tuple[torch.Tensor, ...], views: Views) -> torch.Tensor:
        """Return the loss, a scalar, of the prediction of the network at all scales."""
        targets = (views.log_inverse + math.log(self.unit)).masked_fill(views.sky, torch.nan)
        # Depth nearer than the head can predict is not used.
        targets = targets.masked_fill(targets > math.log(0.29), torch.nan)
        trust, slope_trust = self._weights(views)
        total = targets.new_zeros(())
        for scale, (disparity, weight) in enumerate(zip(disparities, SCALE_WEIGHTS, strict=True)):
            left, right = disparity.float().log().split(1, dim=1)
            total = total + weight * _over_labels(partial(log_error, left), targets, trust)
            if scale == 0:
                total = total + self.slope * _over_labels(partial(slope_error, left), targets, slope_trust)
                total = total + self.sky * sky_error(left, views.sky, math.log(self.unit / SKY_METRES))
                if self.trust[RELATIVE]:
                    total = total + self.trust[RELATIVE] * self._relative(disparity[:, :1].float(), views)
                total = total + self.right * _over_labels(
                    partial(log_error, right), carried_over(targets, self.canonical_width), trust
                )
            targets = coarser(targets)
        return total

    def _relative(self, disparity: torch.Tensor, views: Views) -> torch.Tensor:
        relative = views.source == 1 + SOURCES.index(RELATIVE)
        return sum(
            (
                relative_error(disparity, views.log_inverse[:, slot, None].exp(), relative[:, slot].float())
                for slot in range(relative.shape[1])
            ),
            disparity.new_zeros(()),
        )

    def _weights(self, views: Views) -> tuple[torch.Tensor, torch.Tensor]:
        """(N, LABELS) weight of each label as depth, and as slopes."""
        weights = torch.zeros(views.source.shape, device=views.source.device)
        slope_weights = weights.clone()
        for index, source in enumerate(SOURCES):
            if source != RELATIVE:
                weights += self.trust[source] * (views.source == 1 + index)
                slope_weights += self.trust[source] * (source in self.dense) * (views.source == 1 + index)
        return weights, slope_weights


def _over_labels(
    error: Callable[[torch.Tensor, torch.Tensor], torch.Tensor], targets: torch.Tensor, trust: torch.Tensor
) -> torch.Tensor:
    """Add up the errors of all labels.

    :param error: of a target (N, 1, H, W) with its weight (N, 1, 1, 1)
    :param targets: (N, LABELS, H, W)
    :param trust: (N, LABELS)
    """
    return sum(
        (error(targets[:, slot, None], trust[:, slot, None, None, None]) for slot in range(targets.shape[1])),
        targets.new_zeros(()),
    )
