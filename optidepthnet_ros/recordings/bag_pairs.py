# SPDX-License-Identifier: Apache-2.0
"""Pairs of messages of two topics of a recording. Only their positions are kept; they are read when needed."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from optidepthnet_ros.messages.header import stamp_of
from optidepthnet_ros.recordings.bag_file import BagFile
from optidepthnet_ros.recordings.scene import MAX_UNREADABLE, DataError
from optidepthnet_ros.recordings.stamps import match_stamps


@dataclass(frozen=True)
class _Index:
    """Where the messages of a topic are: stamps, ascending, and times of reception, (N,) int64 nanoseconds.

    :param note: about messages that cannot be decoded; empty if all can
    """

    stamps: np.ndarray
    received: np.ndarray
    note: str


class MessagePairs:
    """Messages of two topics whose stamps agree. Attribute: ``note``, how many there are.

    :param topics: names of the two topics
    :param kinds: what their messages are, as text
    :param tolerance: seconds by which the stamps of a pair may differ
    :raises DataError: there is no pair
    """

    def __init__(self, bag: BagFile, topics: tuple[str, str], kinds: tuple[str, str], tolerance: float):
        self._bag = bag
        self._topics = topics
        first, second = (_index(bag, topic) for topic in topics)
        pairs = match_stamps(first.stamps, second.stamps, round(tolerance * 1e9))
        self.note = (
            f'{len(pairs)} pairs of {len(first.stamps)} {kinds[0]} and {len(second.stamps)} {kinds[1]}, '
            f'stamps within {tolerance * 1e3:g} ms{first.note}{second.note}'
        )
        if not pairs:
            raise DataError(
                f'{bag.path}: {self.note} ({topics[0]}, {topics[1]}): '
                'synchronise the cameras, or allow a larger difference with --stamp-tolerance'
            )
        self._frames = [
            tuple((int(side.stamps[i]), int(side.received[i])) for side, i in zip((first, second), pair))
            for pair in pairs
        ]

    def __len__(self) -> int:
        return len(self._frames)

    def read(self, index: int) -> tuple[Any, Any]:
        """Return both messages of a pair.

        :raises DataError: the recording is damaged
        """
        first, second = map(self._read, self._topics, self._frames[index])
        return first, second

    def stamp(self, index: int) -> int:
        """Return the stamp of the first message of a pair, in nanoseconds."""
        return self._frames[index][0][0]

    def describe(self, index: int) -> str:
        """Return the position of the first message of a pair, as text."""
        stamp = self.stamp(index)
        return f'{self._bag.path}: {self._topics[0]} at {stamp // 10**9}.{stamp % 10**9:09}'

    def _read(self, topic: str, frame: tuple[int, int]) -> Any:
        stamp, received = frame
        for message in self._bag.received_at(topic, received):
            if stamp_of(message) == stamp:
                return message
        raise DataError(f'{self._bag.path}: {topic} no longer has an image at {stamp} ns')


def _index(bag: BagFile, topic: str) -> _Index:
    """Read a topic once, and keep only stamps and times.

    :raises DataError: no stamps, or too many messages cannot be decoded
    """
    found = [None if message is None else (stamp_of(message), received) for received, message in bag.messages(topic)]
    damaged = found.count(None)
    if damaged > MAX_UNREADABLE * len(found):
        raise DataError(
            f'{bag.path}: {damaged} of {len(found)} messages on {topic} cannot be decoded, more than '
            f'{MAX_UNREADABLE:.0%}: copy the recording again, or record again'
        )
    note = f'; {damaged} of {len(found)} messages on {topic} cannot be decoded' if damaged else ''
    entries = np.array([entry for entry in found if entry is not None], np.int64).reshape(-1, 2)
    if not entries[:, 0].any():
        raise DataError(
            f'{bag.path}: the headers on {topic} have no stamps: let the driver set them, because pairs are matched '
            'by stamp'
        )
    _, order = np.unique(entries[:, 0], return_index=True)
    return _Index(entries[order, 0], entries[order, 1], note)
