# SPDX-License-Identifier: Apache-2.0
"""The result of inspecting a scene of any kind."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass

from optidepthnet_ros.files.image_file import ImageFileError
from optidepthnet_ros.recordings.depth_scene import AnyScene
from optidepthnet_ros.recordings.scene import DataError

MEASURED_FRAMES = 10  # of a scene, for measurements that take time


@dataclass(frozen=True)
class SceneReport(ABC):
    """What was measured in a scene; pixels are those of its images.

    :param read: number of frames that it was tried to read
    :param unreadable: errors of the unreadable frames, each of which names its file
    """

    scene: AnyScene
    read: int
    unreadable: tuple[str, ...]

    @property
    def problems(self) -> list[str]:
        """Why the scene cannot be used, with the figure and the remedy; empty if it can."""
        if len(self.unreadable) == self.read:
            return [f'none of {self.read} frames can be read: {self.unreadable[0]}']
        return self._problems()

    @property
    @abstractmethod
    def is_judged(self) -> bool:
        """Whether enough was seen to judge alignment."""

    @property
    @abstractmethod
    def unjudged(self) -> str:
        """Why alignment cannot be judged, if it cannot."""

    @abstractmethod
    def _problems(self) -> list[str]:
        """Return the problems of the frames that could be read."""


def look_at(scene: AnyScene, sample: int | None, measure: Callable[..., None]) -> tuple[int, tuple[str, ...]]:
    """Read frames of a scene, evenly spread.

    :param sample: number of frames to read; None reads all
    :param measure: takes the index and the two arrays of each frame, and whether to take time for this one
    :return: the number of frames, and the errors of those that cannot be read
    """
    indices = spread(len(scene), sample or len(scene))
    chosen = {indices[position] for position in spread(len(indices), MEASURED_FRAMES)}
    unreadable = []
    for index in indices:
        try:
            measure(index, *scene.read(index), index in chosen)
        except (DataError, ImageFileError) as error:
            unreadable.append(str(error))
    return len(indices), tuple(unreadable)


def spread(count: int, wanted: int) -> list[int]:
    """Return up to ``wanted`` of ``count`` positions, evenly spread, each in the middle of an equal part."""
    wanted = min(count, wanted)
    return [(2 * part + 1) * count // (2 * wanted) for part in range(wanted)]
