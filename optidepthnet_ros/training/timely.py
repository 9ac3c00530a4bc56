# SPDX-License-Identifier: Apache-2.0
"""What a validation looks at, as much as there is time for."""

import logging
from collections.abc import Callable, Collection, Iterator
from typing import Generic, TypeVar

from torch.utils.data import DataLoader

Item = TypeVar('Item')

_logger = logging.getLogger(__name__)


class Timely(Generic[Item]):
    """Frames, or batches of them, which end early, and say so, when there is no more time; one is there always.

    :param enough: tells after each one whether there is no more time
    """

    def __init__(self, items: Collection[Item] | DataLoader[Item], enough: Callable[[], bool]):
        self._items, self._enough = items, enough

    def __len__(self) -> int:
        return len(self._items)

    def __iter__(self) -> Iterator[Item]:
        for seen, item in enumerate(self._items, 1):
            yield item
            if seen < len(self) and self._enough():
                _logger.warning('the time of this validation is over: it has seen %d parts of %d', seen, len(self))
                return
