# SPDX-License-Identifier: Apache-2.0
"""Which packed samples a training leaves out, and which of them are used for validation."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from optidepthnet_ros.recordings.scene import DataError
from optidepthnet_ros.training.packed.store import SampleStore
from optidepthnet_ros.training.split import tail_of


@dataclass(frozen=True)
class HeldOut:
    """Positions of samples in a store.

    :param measured: samples for validation, in order
    :param left_out: these samples, and their neighbours in time
    """

    measured: tuple[int, ...] = ()
    left_out: frozenset[int] = frozenset()


def whole_scenes(store: SampleStore, names: Collection[str]) -> HeldOut:
    """Hold out scenes by their names.

    :raises DataError: there is no such scene
    """
    if unknown := set(names) - {sample.scene for sample in store.samples}:
        raise DataError(f'--hold-out {" ".join(sorted(unknown))}: no such scene in the packed samples')
    items = tuple(index for index, sample in enumerate(store.samples) if sample.scene in names)
    return HeldOut(items, frozenset(items))


def tails(store: SampleStore, share: float) -> HeldOut:
    """Hold out the end of each scene in each folder, and leave out a few samples before it, see :mod:`~.split`.

    :param share: of each scene
    :raises DataError: the share is not allowed
    """
    scenes: dict[tuple[int, str], list[int]] = defaultdict(list)
    for index, (group, sample) in enumerate(zip(store.groups, store.samples, strict=True)):
        scenes[group, sample.scene].append(index)
    measured, left_out = [], set()
    for items in scenes.values():
        learned, tail = tail_of(len(items), share)
        if learned:
            measured += items[tail.start :]
            left_out.update(items[learned.stop :])
    return HeldOut(tuple(measured), frozenset(left_out))
