# SPDX-License-Identifier: Apache-2.0
"""A place for one waiting item, where the newest wins."""

import threading
from typing import Generic, TypeVar

Item = TypeVar('Item')


class LatestSlot(Generic[Item]):
    """Hands items from one thread to another; an item that was not taken in time gives way to the next."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._item: Item | None = None
        self._closed = False

    def put(self, item: Item) -> bool:
        """Let the item wait, and return whether it took the place of one that still did."""
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
        """Forget what waits, and return whether anything did."""
        with self._changed:
            cleared, self._item = self._item is not None, None
            return cleared

    def close(self) -> None:
        """Forget what waits and end every ``take``, now and later."""
        with self._changed:
            self._closed = True
            self._item = None
            self._changed.notify_all()
