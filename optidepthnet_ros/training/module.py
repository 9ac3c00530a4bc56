# SPDX-License-Identifier: Apache-2.0
"""The parts of the training loop as a Lightning module: steps, schedule, validation on held-out frames."""

import math
from collections.abc import Callable, Mapping
from typing import Any

import lightning
import torch
from lightning.pytorch.utilities.types import OptimizerLRScheduler

from optidepthnet_ros.imaging.appearance import appearance_error
from optidepthnet_ros.imaging.view_synthesis import warp_left_from_right
from optidepthnet_ros.network.optidepthnet import OptiDepthNet
from optidepthnet_ros.training.error import TrainingError
from optidepthnet_ros.training.losses.stereo import LossWeights, of_width, stereo_loss
from optidepthnet_ros.training.packed.objective import Objective
from optidepthnet_ros.training.packed.views import Views
from optidepthnet_ros.training.parameter_groups import parameter_groups

SCHEDULES: dict[str, Callable[[float], float]] = {
    # Factors of the learning rate by the share that is done: that of the paper, and a short rise with a long fall.
    'halving': lambda done: 0.5 ** ((done >= 3 / 5) + (done >= 4 / 5)),
    'cosine': lambda done: min(1, (done + 0.001) / 0.03) * (1 + math.cos(math.pi * done)) / 2,
}


def known_views(batch: Mapping[str, torch.Tensor], unit: float) -> Views:
    """Return the recorded depth of a batch in the form that :class:`Objective` takes.

    :param unit: in metres: disparity divided by inverse depth in 1/m
    """
    known = batch['known']
    log_inverse = torch.log(known.masked_fill(~(known > 0), torch.nan) / unit)
    return Views(batch['left'], log_inverse, known == 0, batch['known_source'][:, None])


class DepthModule(lightning.LightningModule):
    """Trains a network on batches of :class:`~optidepthnet_ros.training.data.PairData`.

    Adam, with one of the ``SCHEDULES`` over the share of the training that is done (see :meth:`~.budget.Budget.share`).
    Validation logs ``photometric``, the appearance error of the reconstructed left view of stereo pairs, and
    ``proxy_outliers``, the share of pixels whose depth differs by more than a quarter from recorded depth or, where
    there is none, from stereo matching. Both are computed at full scale on unvaried frames.

    :param encoder_rate: learning rate of the encoder, as a share of ``learning_rate``
    :param far: the disparity below which everything counts as sky, see :func:`~.losses.stereo.stereo_loss`
    :param depth: the loss of recorded depth, None to leave it out
    """

    def __init__(
        self,
        network: OptiDepthNet,
        weights: LossWeights,
        *,
        learning_rate: float,
        encoder_rate: float,
        decay: float,
        schedule: str,
        share_done: Callable[[int], float],
        far: float,
        depth: Objective | None = None,
    ):
        super().__init__()
        self.network = network
        self._weights = weights
        self._learning_rate = learning_rate
        self._encoder_rate = encoder_rate
        self._decay = decay
        self._schedule = schedule
        self._share_done = share_done
        self._far = far
        self._depth = depth

    def forward(self, image: torch.Tensor) -> tuple[torch.Tensor, ...]:
        """Return the four disparities for images (N, 1, H, W) or (N, 3, H, W) in 0..1."""
        image = image.expand(-1, 3, -1, -1).contiguous(memory_format=torch.channels_last)
        return tuple(disparity.float() for disparity in self.network(image))

    def training_step(self, batch: dict[str, Any], _: int) -> torch.Tensor:
        """Return the loss.

        :raises TrainingError: it is not finite; the message names the frames of the batch
        """
        disparities = self(batch['left'])
        loss, terms = stereo_loss(disparities, batch, self._weights, self._far)
        if self._depth:
            terms['depth'] = self._weights.depth * self._depth(disparities, known_views(batch, self._depth.unit))
            loss = loss + terms['depth']
        if not torch.isfinite(loss):
            raise TrainingError(
                f'the loss is {loss.item()} at step {self.global_step}: lower --learning-rate, or check '
                f'the frames of this batch: {", ".join(batch["source"])}'
            )
        values = {name: value.detach() for name, value in {'loss': loss, **terms}.items()}
        self.log_dict(values, prog_bar=True, batch_size=len(batch['left']), sync_dist=True)
        return loss

    def validation_step(self, batch: dict[str, Any], _: int) -> None:
        left = self(batch['left'])[0][:, :1]
        rebuilt = warp_left_from_right(batch['right'], of_width(left, batch))
        self._log_mean('photometric', appearance_error(rebuilt, batch['left'])[batch['is_pair']])
        truth = torch.where(batch['known'] > 0, batch['known'], batch['left_proxy'])
        # A share, because the few gross errors of stereo matching would dominate a mean.
        self._log_mean('proxy_outliers', ((truth / left)[truth > 0].log().abs() > math.log(1.25)).float(), len(left))

    def _log_mean(self, name: str, values: torch.Tensor, size: int | None = None) -> None:
        """Log the mean of the values of a batch; nothing if it has none."""
        if len(values):
            self.log(name, values.mean(), batch_size=size or len(values), prog_bar=True, sync_dist=True)

    def configure_optimizers(self) -> OptimizerLRScheduler:
        groups = parameter_groups(self.network, self._learning_rate, self._decay, self._encoder_rate)
        optimizer = torch.optim.AdamW(groups, foreach=True)
        factor = SCHEDULES[self._schedule]
        schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: factor(self._share_done(step)))
        return {'optimizer': optimizer, 'lr_scheduler': {'scheduler': schedule, 'interval': 'step'}}
