# SPDX-License-Identifier: Apache-2.0
"""A queue for one item, where the newest wins."""

import threading
from typing import Generic, TypeVar

Item = TypeVar('Item')


class LatestSlot(Generic[Item]):
    """Hands items from one thread to another; an item that was not taken in time is replaced by the next."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._item: Item | None = None
        self._closed = False

    def put(self, item: Item) -> bool:
        """Store the item, and return whether it replaced one that was still waiting."""
        with self._changed:
            replaced = self._item is not None
            self._item = item
            self._changed.notify()
            return replaced

    def take(self) -> Item | None:
        """Wait for an item and return it; None once the slot is closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._item is not None)
            if self._closed:
                return None
            item, self._item = self._item, None
            return item

    def clear(self) -> bool:
        """Drop the waiting item, and return whether there was one."""
        with self._changed:
            cleared, self._item = self._item is not None, None
            return cleared

    def close(self) -> None:
        """Drop the waiting item, and end all current and later calls of ``take``."""
        with self._changed:
            self._closed = True
            self._item = None
            self._changed.notify_all()
