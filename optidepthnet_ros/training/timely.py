# SPDX-License-Identifier: Apache-2.0
"""The data of a validation, as much as there is time for."""

import logging
from collections.abc import Callable, Collection, Iterator
from typing import Generic, TypeVar

from torch.utils.data import DataLoader

Item = TypeVar('Item')

_logger = logging.getLogger(__name__)


class Timely(Generic[Item]):
    """Frames, or batches of them, which end early, with a warning, if there is no more time; there is at least one.

    :param enough: returns, after each one, whether there is no more time
    """

    def __init__(self, items: Collection[Item] | DataLoader[Item], enough: Callable[[], bool]):
        self._items, self._enough = items, enough

    def __len__(self) -> int:
        return len(self._items)

    def __iter__(self) -> Iterator[Item]:
        for seen, item in enumerate(self._items, 1):
            yield item
            if seen < len(self) and self._enough():
                _logger.warning('the time of this validation is over: it used %d of %d parts', seen, len(self))
                return
