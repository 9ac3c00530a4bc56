"""The training loop's parts as a Lightning module: steps, schedule, validation on held-out pairs."""

import math
from collections.abc import Callable

import lightning
import torch

from optidepthnet_ros.network import OptiDepthNet
from optidepthnet_ros.training.losses.appearance import appearance_error
from optidepthnet_ros.training.losses.stereo import LossWeights, of_width, stereo_loss
from optidepthnet_ros.training.losses.view_synthesis import warp_left_from_right

SCHEDULES = {
    # Factors of the learning rate over the share that is done: the paper's, and a short rise and a long fall.
    'halving': lambda done: 0.5 ** ((done >= 3 / 5) + (done >= 4 / 5)),
    'cosine': lambda done: min(1, (done + 0.001) / 0.03) * (1 + math.cos(math.pi * done)) / 2,
}


class TrainingError(ValueError):
    """A training that cannot go on; the message says why and what to do."""


class DepthModule(lightning.LightningModule):
    """Trains a network on batches of :class:`~optidepthnet_ros.training.data.PairData`.

    Adam, with one of the ``SCHEDULES`` over the share of the training that is done (see :meth:`~.budget.Budget.share`).
    Validation logs ``photometric``, the appearance error of the rebuilt left view, and ``proxy_outliers``, the share of
    pixels whose depth is a quarter off that of stereo matching, both at full scale on unvaried pairs.

    :param far: the disparity beyond which all is sky, see :func:`~.losses.stereo.stereo_loss`
    """

    def __init__(
        self,
        network: OptiDepthNet,
        weights: LossWeights,
        *,
        learning_rate: float,
        decay: float,
        schedule: str,
        share_done: Callable[[int], float],
        far: float,
    ):
        super().__init__()
        self.network = network
        self._weights = weights
        self._learning_rate = learning_rate
        self._decay = decay
        self._schedule = schedule
        self._share_done = share_done
        self._far = far

    def forward(self, image):
        """Return the four disparities for images (N, 1, H, W) or (N, 3, H, W) in 0..1."""
        image = image.expand(-1, 3, -1, -1).contiguous(memory_format=torch.channels_last)
        return tuple(disparity.float() for disparity in self.network(image))

    def training_step(self, batch, _):
        """Return the loss.

        :raises TrainingError: it is not finite; the message names the batch's pairs
        """
        loss, terms = stereo_loss(self(batch['left']), batch, self._weights, self._far)
        if not torch.isfinite(loss):
            raise TrainingError(
                f'the loss is {loss.item()} at step {self.global_step}: lower --learning-rate, or look '
                f'at the pairs of this batch: {", ".join(batch["source"])}'
            )
        values = {name: value.detach() for name, value in {'loss': loss, **terms}.items()}
        self.log_dict(values, prog_bar=True, batch_size=len(batch['left']), sync_dist=True)
        return loss

    def validation_step(self, batch, _):
        left = self(batch['left'])[0][:, :1]
        rebuilt = warp_left_from_right(batch['right'], of_width(left, batch))
        photometric = appearance_error(rebuilt, batch['left']).mean()
        known = batch['left_proxy'] > 0
        # A share, because the matcher's few gross errors would rule a mean.
        outliers = ((batch['left_proxy'] / left)[known].log().abs() > math.log(1.25)).float().mean()
        size = len(batch['left'])
        self.log('photometric', photometric, batch_size=size, prog_bar=True, sync_dist=True)
        self.log('proxy_outliers', outliers, batch_size=size, prog_bar=True, sync_dist=True)

    def configure_optimizers(self):
        optimizer = torch.optim.AdamW(self.parameters(), self._learning_rate, weight_decay=self._decay, foreach=True)
        factor = SCHEDULES[self._schedule]
        schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: factor(self._share_done(step)))
        return {'optimizer': optimizer, 'lr_scheduler': {'scheduler': schedule, 'interval': 'step'}}
