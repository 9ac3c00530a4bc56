# SPDX-License-Identifier: Apache-2.0
"""The first frames of a recording as a training will see them, so that no recording is made in vain."""

from typing import cast

import numpy as np

from optidepthnet_ros.recordings.checks import inspect_scene
from optidepthnet_ros.recordings.depth_scene import AnyScene
from optidepthnet_ros.recordings.scene import DataError, Scene


class FirstFrames(Scene):
    """A scene that grows until it can be judged; to be combined with the base class for its kind of scene.

    :param topic: topic to name in messages
    :param kind: name of a frame in messages
    :param enough: number of frames, which are judged together
    """

    name = 'recording'

    def __init__(self, topic: str, kind: str, enough: int):
        self._where, self._enough = f'{topic}, {kind}', enough
        self._frames: list[tuple[np.ndarray, np.ndarray]] = []

    @property
    def is_done(self) -> bool:
        """Whether there are enough frames."""
        return len(self._frames) == self._enough

    def __len__(self) -> int:
        return len(self._frames)

    def read(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        return self._frames[index]

    def describe(self, index: int) -> str:
        return f'{self._where} {index}'

    def _take(self, frame: tuple[np.ndarray, np.ndarray]) -> None:
        """Add the next frame, rectified; with the last of them, judge all."""
        self._frames.append(frame)
        if self.is_done and (problems := inspect_scene(cast(AnyScene, self)).problems):
            raise DataError('; '.join(problems))
