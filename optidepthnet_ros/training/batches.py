# SPDX-License-Identifier: Apache-2.0
"""Which samples form a batch: the next ones of the stream for each step, or whole frames of one size."""

from collections.abc import Iterator
from itertools import groupby

from torch.utils.data import Sampler

from optidepthnet_ros.training.pairs import PairDataset


class StepPositions(Sampler[list[int]]):
    """Stream positions for the batch of each step; every process takes its share of a batch.

    It is as long as the whole training but begins at ``start``, so that a resumed training continues to count.
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
    """All frames in order, uncut, of one size in each batch."""

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
