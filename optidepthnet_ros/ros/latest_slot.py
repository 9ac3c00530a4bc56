"""A place for one waiting item, where the newest wins."""

import threading


class LatestSlot:
    """Hands items from one thread to another; an item that was not taken in time gives way to the next."""

    def __init__(self):
        self._changed = threading.Condition()
        self._item = None
        self._closed = False

    def put(self, item) -> None:
        """Let the item wait, in place of the one that still does."""
        with self._changed:
            self._item = item
            self._changed.notify()

    def take(self):
        """Wait for an item and return it; None once the slot is closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._item is not None)
            if self._closed:
                return None
            item, self._item = self._item, None
            return item

    def close(self) -> None:
        """Forget what waits and end every ``take``, now and later."""
        with self._changed:
            self._closed = True
            self._item = None
            self._changed.notify_all()
