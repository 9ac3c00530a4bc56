# SPDX-License-Identifier: Apache-2.0
"""Holds out frames from training: whole scenes if there are enough, else the end of each scene."""

from collections.abc import Collection, Sequence
from typing import Generic, TypeVar

import numpy as np

from optidepthnet_ros.recordings.depth_scene import AnyScene, DepthScene
from optidepthnet_ros.recordings.scene import DataError, Scene, StereoScene

HELD_OUT_SHARE = 0.1
ENOUGH_SCENES = 8
GAP = 0.25  # of a tail, between it and the training frames

_SomeScene = TypeVar('_SomeScene', StereoScene, DepthScene)
_Sides = tuple[list[AnyScene], list[AnyScene]]  # for training, and for validation or evaluation


class _Part(Scene, Generic[_SomeScene]):
    """Consecutive frames of a scene."""

    def __init__(self, scene: _SomeScene, indices: range):
        self.name = scene.name
        self._scene: _SomeScene = scene
        self._indices = indices

    def __len__(self) -> int:
        return len(self._indices)

    def read(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        return self._scene.read(self._indices[index])

    def describe(self, index: int) -> str:
        return self._scene.describe(self._indices[index])

    def number(self, index: int) -> int:
        return self._scene.number(self._indices[index])


class StereoPart(_Part[StereoScene], StereoScene):
    """Consecutive pairs of a stereo scene."""

    def __init__(self, scene: StereoScene, indices: range):
        super().__init__(scene, indices)
        self.rig = scene.rig

    def left_depth(self, index: int) -> tuple[np.ndarray, str] | None:
        return self._scene.left_depth(self._indices[index])


class DepthPart(_Part[DepthScene], DepthScene):
    """Consecutive frames of a depth scene."""

    def __init__(self, scene: DepthScene, indices: range):
        super().__init__(scene, indices)
        self.camera = scene.camera
        self.source = scene.source


def part_of(scene: AnyScene, indices: range) -> AnyScene:
    """Return consecutive frames of a scene as a scene of the same name."""
    return StereoPart(scene, indices) if isinstance(scene, StereoScene) else DepthPart(scene, indices)


def split_scenes(scenes: Sequence[AnyScene], held_out: tuple[str, ...]) -> _Sides:
    """Return the scenes for training and those for validation.

    :param held_out: names of scenes for validation. If empty, the smallest scenes that make up a tenth of the
        pairs are taken; with fewer than eight scenes, the last tenth of each in order, because neighbouring frames
        are too similar to validate with
    :raises DataError: no such scene, or nothing left on one side
    """
    if held_out:
        training, validation = _by_name(scenes, held_out)
    elif len(scenes) >= ENOUGH_SCENES:
        training, validation = _by_name(scenes, _smallest(scenes))
    else:
        training, validation = _tails([(scene, *tail_of(len(scene), HELD_OUT_SHARE, 0.0)) for scene in scenes])
    return _checked(training, validation)


def split_tails(scenes: Sequence[AnyScene], share: float) -> _Sides:
    """Return all but the end of each scene for training, and the ends for evaluation.

    A few pairs before each end, a quarter of its number, belong to neither: the last training pair must not be nearly
    the same as the first evaluated one.

    :param share: share of the pairs of each scene, in order of time
    :raises DataError: the share is not allowed, or nothing is left on one side
    """
    return _checked(*_tails([(scene, *tail_of(len(scene), share)) for scene in scenes]))


def tail_of(count: int, share: float, gap: float = GAP) -> tuple[range, range]:
    """Return the training frames of a scene, none if it is very short, and its end for evaluation.

    :raises DataError: the share is not allowed
    """
    if not 0 < share < 1 / (1 + GAP):
        raise DataError(f'--hold-out-tail is {share}, but must be above 0 and below {1 / (1 + GAP):g}')
    tail = max(1, round(share * count))
    return range(max(0, count - tail - round(gap * tail))), range(count - tail, count)


def _checked(training: list[AnyScene], validation: list[AnyScene]) -> _Sides:
    if not (training and validation):
        raise DataError(
            f'{sum(map(len, training))} frames to train on and {sum(map(len, validation))} held out, but '
            'both are needed: give more data, or name only some scenes with --hold-out'
        )
    return training, validation


def _by_name(scenes: Sequence[AnyScene], names: Collection[str]) -> _Sides:
    if unknown := set(names) - {scene.name for scene in scenes}:
        raise DataError(
            f"--hold-out '{min(unknown)}' is not a scene of the data: "
            f'there are {", ".join(scene.name for scene in scenes)}'
        )
    return ([scene for scene in scenes if scene.name not in names], [scene for scene in scenes if scene.name in names])


def _smallest(scenes: Sequence[AnyScene]) -> list[str]:
    wanted = HELD_OUT_SHARE * sum(map(len, scenes))
    names: list[str] = []
    for scene in sorted(scenes, key=len):
        if wanted <= 0:
            break
        names.append(scene.name)
        wanted -= len(scene)
    return names


def _tails(split: Sequence[tuple[AnyScene, range, range]]) -> _Sides:
    split = [(scene, learned, tail) for scene, learned, tail in split if learned]
    return (
        [part_of(scene, learned) for scene, learned, _ in split],
        [part_of(scene, tail) for scene, _, tail in split],
    )
