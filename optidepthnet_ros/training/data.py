# SPDX-License-Identifier: Apache-2.0
"""Feeds a training: the stream of varied frames from any step on, and the held-out frames."""

import logging
from collections.abc import Iterator
from itertools import groupby

import lightning
import torch
from torch.utils.data import DataLoader, Sampler, Subset

from optidepthnet_ros.training.augmentation import Variation
from optidepthnet_ros.training.pairs import BatchForm, PairDataset, Rehearsal, VariedPairs

STATISTICS = 32  # batches that batch statistics are measured on

_logger = logging.getLogger(__name__)


class StepPositions(Sampler[list[int]]):
    """Stream positions for each step's batch, of which every process takes its share.

    It is as long as the whole training but begins at ``start``, so that a resumed training counts on.
    """

    def __init__(self, *, start: int, steps: int, batch_size: int, rank: int, processes: int):
        self._start, self._steps = start, steps
        self._batch_size, self._rank, self._processes = batch_size, rank, processes

    def __len__(self) -> int:
        return self._steps

    def __iter__(self) -> Iterator[list[int]]:
        for step in range(self._start, self._steps):
            first = step * self._batch_size
            yield list(range(first + self._rank, first + self._batch_size, self._processes))


class AlikeBatches(Sampler[list[int]]):
    """All frames in order, whole ones of one size in each batch."""

    def __init__(self, pairs: PairDataset, batch_size: int):
        sizes = [(view.height, view.width) for view in map(pairs.whole, range(len(pairs)))]
        self._batches = [
            group[first : first + batch_size]
            for group in (list(items) for _, items in groupby(range(len(pairs)), key=sizes.__getitem__))
            for first in range(0, len(group), batch_size)
        ]

    def __len__(self) -> int:
        return len(self._batches)

    def __iter__(self) -> Iterator[list[int]]:
        return iter(self._batches)


class PairData(lightning.LightningDataModule):
    """Batches for :class:`~optidepthnet_ros.training.module.DepthModule`.

    :param shapes: heights and widths of the windows that are trained on
    :param batch_size: over all processes together
    :param workers: processes that read images, for each training process
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
    ):
        super().__init__()
        self._training, self._validation = training, validation
        self._varied = VariedPairs(training, seed, rehearsal, variation, shapes, batch_size)
        self._batch_size, self._steps, self._workers = batch_size, steps, workers

    def train_dataloader(self) -> DataLoader[BatchForm]:
        trainer = self.trainer
        assert trainer is not None  # who asks for batches
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
        """Yield the left images of the stream's first batches."""
        for batch in DataLoader(
            Subset(self._varied, range(STATISTICS * self._batch_size)), self._batch_size, num_workers=self._workers
        ):
            yield batch['left']

    def val_dataloader(self) -> DataLoader[BatchForm]:
        return DataLoader(
            self._validation, batch_sampler=AlikeBatches(self._validation, self._batch_size), num_workers=self._workers
        )

    def teardown(self, stage: str) -> None:
        for pairs in (self._training, self._validation):
            if names := pairs.damaged:
                more = f' and {len(names) - 10} others' if len(names) > 10 else ''
                _logger.warning('%d damaged frames were skipped: %s%s', len(names), ', '.join(names[:10]), more)
