# SPDX-License-Identifier: Apache-2.0
"""Held-out frames are never trained on, and neighbouring frames do not validate each other."""

import pytest

from optidepthnet_ros.recordings.scene import DataError, StereoScene
from optidepthnet_ros.training.split import split_scenes, split_tails


class Frames(StereoScene):
    """A scene that has only the names of its frames."""

    rig = None

    def __init__(self, name, count):
        self.name = name
        self._count = count

    def __len__(self):
        return self._count

    def read(self, index):
        raise NotImplementedError

    def describe(self, index):
        return f'{self.name}{index}'


def names(scenes):
    return [scene.describe(index) for scene in scenes for index in range(len(scene))]


def test_named_scenes_are_held_out_whole():
    training, validation = split_scenes([Frames('a', 2), Frames('b', 3)], ('a',))
    assert names(training) == ['b0', 'b1', 'b2'] and names(validation) == ['a0', 'a1']


def test_with_many_scenes_the_smallest_are_held_out():
    scenes = [Frames(name, count) for name, count in zip('abcdefgh', (20, 3, 20, 2, 20, 20, 20, 20))]
    training, validation = split_scenes(scenes, ())
    assert [scene.name for scene in validation] == ['a', 'b', 'd'] and len(training) == 5


def test_with_few_scenes_the_end_of_each_is_held_out():
    training, validation = split_scenes([Frames('a', 20), Frames('b', 5)], ())
    assert names(validation) == ['a18', 'a19', 'b4']
    assert len(names(training)) == 22 and not set(names(training)) & set(names(validation))


@pytest.mark.parametrize(
    'held_out, message',
    [
        (('c',), "--hold-out 'c' is not a scene of the data: there are a, b"),
        (('a', 'b'), '0 frames to train on and 2 held out, but both are needed'),
    ],
)
def test_impossible_splits_are_refused(held_out, message):
    with pytest.raises(DataError, match=message):
        split_scenes([Frames('a', 1), Frames('b', 1)], held_out)


def test_a_tail_is_held_out_and_its_neighbours_belong_to_neither_side():
    training, tails = split_tails([Frames('a', 40), Frames('b', 5), Frames('c', 1)], 0.2)
    assert names(training) == [f'a{number}' for number in range(30)] + [f'b{number}' for number in range(4)]
    assert names(tails) == [f'a{number}' for number in range(32, 40)] + ['b4']


@pytest.mark.parametrize(
    'share, message',
    [
        (0.0, '--hold-out-tail is 0.0, but must be above 0 and below 0.8'),
        (0.8, '--hold-out-tail is 0.8'),
        (0.5, '0 frames to train on and 0 held out'),
    ],
)
def test_impossible_tails_are_refused(share, message):
    with pytest.raises(DataError, match=message):
        split_tails([Frames('a', 1)], share)
