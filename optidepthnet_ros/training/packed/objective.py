"""The objective of a training on packed samples: known depth in the left view, and what the right one sees of it."""

import math
from dataclasses import dataclass, field

import torch

from optidepthnet_ros.training.losses.log_depth import coarser, log_error, sky_error, slope_error
from optidepthnet_ros.training.losses.relative import relative_error
from optidepthnet_ros.training.losses.right_view import carried_over
from optidepthnet_ros.training.packed.archive import RELATIVE
from optidepthnet_ros.training.packed.store import SOURCES
from optidepthnet_ros.training.packed.views import Views

SCALE_WEIGHTS = (1.0, 0.5, 0.25, 0.125)
TRUST = {'measured': 1.0, 'rendered': 1.0, 'matched': 0.5, 'teacher': 1.0, RELATIVE: 0.3}
SKY_METRES = 120.0  # at least


@dataclass(frozen=True)
class Objective:
    """Weights of the parts of the loss.

    :param unit: metres: b0 f_c / W_c, the inverse depth 1/m of a disparity of this fraction
    :param canonical_width: pixels
    :param trust: weight of each source of depth; of what is relative, that of its own loss
    :param dense: sources whose slopes are as good as their depth
    """

    unit: float
    canonical_width: float
    trust: dict[str, float] = field(default_factory=TRUST.copy)
    dense: tuple[str, ...] = ('rendered', 'teacher')
    slope: float = 0.5
    sky: float = 0.2
    right: float = 0.2

    def __call__(self, disparities: tuple[torch.Tensor, ...], views: Views) -> torch.Tensor:
        """Return the loss, a scalar, of the network's answer at all scales."""
        targets = (views.log_inverse + math.log(self.unit)).masked_fill(views.sky, torch.nan)
        # Nearer than the head can say teaches nothing.
        targets = targets.masked_fill(targets > math.log(0.29), torch.nan)
        trust, slope_trust = self._weights(views)
        total = 0
        for scale, (disparity, weight) in enumerate(zip(disparities, SCALE_WEIGHTS, strict=True)):
            log_disparity = disparity.float().log()
            total = total + weight * self._left(log_disparity[:, :1], targets, trust)
            if scale == 0:
                total = total + self.slope * sum(
                    slope_error(log_disparity[:, :1], targets[:, slot, None], slope_trust[:, slot, None, None, None])
                    for slot in range(targets.shape[1])
                )
                total = total + self.sky * sky_error(log_disparity[:, :1], views.sky, math.log(self.unit / SKY_METRES))
                total = total + self.trust[RELATIVE] * self._relative(disparity[:, :1].float(), views)
                total = total + self.right * self._right(log_disparity[:, 1:], targets, trust)
            targets = coarser(targets)
        return total

    def _left(self, log_disparity, targets, trust):
        return sum(
            log_error(log_disparity, targets[:, slot, None], trust[:, slot, None, None, None])
            for slot in range(targets.shape[1])
        )

    def _right(self, log_disparity, targets, trust):
        return sum(
            log_error(
                log_disparity,
                carried_over(targets[:, slot, None], self.canonical_width),
                trust[:, slot, None, None, None],
            )
            for slot in range(targets.shape[1])
        )

    def _relative(self, disparity, views):
        relative = views.source == 1 + SOURCES.index(RELATIVE)
        if not relative.any():
            return 0
        return sum(
            relative_error(disparity, views.log_inverse[:, slot, None].exp(), relative[:, slot].float())
            for slot in range(relative.shape[1])
        )

    def _weights(self, views):
        """(N, LABELS) weight of each label as depth, and as slopes."""
        metres = self.trust | {RELATIVE: 0.0}
        trust = torch.tensor([0.0, *(metres[source] for source in SOURCES)], device=views.source.device)
        dense = torch.tensor([0.0, *(float(source in self.dense) for source in SOURCES)], device=views.source.device)
        weights = trust[views.source]
        return weights, weights * dense[views.source]
