# SPDX-License-Identifier: Apache-2.0
"""Provides the data of a training: the stream of varied frames from any step on, and the held-out frames."""

import logging
import random
from collections.abc import Iterator

import lightning
import torch
from torch.utils.data import DataLoader, Subset

from optidepthnet_ros.training.augmentation import Variation
from optidepthnet_ros.training.batches import AlikeBatches, StepPositions
from optidepthnet_ros.training.budget import Budget
from optidepthnet_ros.training.pairs import BatchForm, PairDataset, Rehearsal, VariedPairs
from optidepthnet_ros.training.timely import Timely

STATISTICS = 32  # batches with which batch statistics are measured, if a training has that many

_logger = logging.getLogger(__name__)


class PairData(lightning.LightningDataModule):
    """Batches for :class:`~optidepthnet_ros.training.module.DepthModule`.

    :param shapes: heights and widths of the training windows
    :param batch_size: total of all processes
    :param workers: processes that read images, for each training process
    :param budget: limits the time of validations
    """

    def __init__(
        self,
        training: PairDataset,
        validation: PairDataset,
        *,
        rehearsal: Rehearsal,
        variation: Variation,
        shapes: tuple[tuple[int, int], ...],
        batch_size: int,
        steps: int,
        workers: int,
        seed: int,
        budget: Budget,
    ):
        super().__init__()
        self._training, self._validation = training, validation
        self._varied = VariedPairs(training, seed, rehearsal, variation, shapes, batch_size)
        self._batch_size, self._steps, self._workers = batch_size, steps, workers
        self._budget = budget

    def train_dataloader(self) -> DataLoader[BatchForm]:
        trainer = self.trainer
        assert trainer is not None  # it requests the batches
        positions = StepPositions(
            start=trainer.global_step,
            steps=self._steps,
            batch_size=self._batch_size,
            rank=trainer.global_rank,
            processes=trainer.world_size,
        )
        return DataLoader(
            self._varied,
            batch_sampler=positions,
            num_workers=self._workers,
            pin_memory=trainer.strategy.root_device.type == 'cuda',
        )

    def images_for_statistics(self) -> Iterator[torch.Tensor]:
        """Yield the left images of the first batches of the stream, for at most half of the time of a validation."""
        first = range(min(STATISTICS, self._steps) * self._batch_size)
        for batch in DataLoader(Subset(self._varied, first), self._batch_size, num_workers=self._workers):
            yield batch['left']
            if self._budget.validated_enough(0.5):
                return

    def val_dataloader(self) -> Timely[BatchForm]:
        batches = list(AlikeBatches(self._validation, self._batch_size))
        random.Random(0).shuffle(batches)  # so that the first ones represent all, if there is no time for the others
        loader = DataLoader(self._validation, batch_sampler=batches, num_workers=self._workers)
        return Timely(loader, self._budget.validated_enough)

    def teardown(self, stage: str) -> None:
        for pairs in (self._training, self._validation):
            if names := pairs.damaged:
                more = f' and {len(names) - 10} others' if len(names) > 10 else ''
                _logger.warning('%d damaged frames were skipped: %s%s', len(names), ', '.join(names[:10]), more)
