# SPDX-License-Identifier: Apache-2.0
"""Pairs the messages of two topics by stamp as they arrive: left and right images, or images and depth."""

from typing import Generic, TypeVar

Message = TypeVar('Message')


class PairMatcher(Generic[Message]):
    """Holds messages that wait for their counterpart.

    :param sides: names of the two sides
    :param tolerance: nanoseconds by which the stamps of a pair may differ; less than half a frame period
    :param waiting: maximum number of waiting messages per side
    """

    def __init__(self, sides: tuple[str, str], tolerance: int, waiting: int = 10):
        self.unmatched = 0
        self._tolerance, self._limit = tolerance, waiting
        self._sides = sides
        self._waiting: dict[str, dict[int, Message]] = {side: {} for side in sides}

    def offer(self, side: str, stamp: int, message: Message) -> tuple[Message, Message] | None:
        """Return the messages of both sides, in order of the sides, if this one completes a pair; else let it wait."""
        is_first = side == self._sides[0]
        own, others = self._waiting[side], self._waiting[self._sides[is_first]]
        nearest = min(others, key=lambda other: abs(other - stamp), default=None)
        if nearest is None or abs(nearest - stamp) > self._tolerance:
            own[stamp] = message
            if len(own) > self._limit:
                self._forget(own, min(own))
            return None
        other = others.pop(nearest)
        # Stamps of a camera only increase: messages older than a pair will find no counterpart.
        for waiting, until in ((own, stamp), (others, nearest)):
            for older in [waits for waits in waiting if waits < until]:
                self._forget(waiting, older)
        return (message, other) if is_first else (other, message)

    def _forget(self, waiting: dict[int, Message], stamp: int) -> None:
        del waiting[stamp]
        self.unmatched += 1
