# SPDX-License-Identifier: Apache-2.0
"""What looking at a scene yields, whatever kind it is."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass

from optidepthnet_ros.files.image_file import ImageFileError
from optidepthnet_ros.recordings.depth_scene import AnyScene
from optidepthnet_ros.recordings.scene import DataError

MEASURED_FRAMES = 10  # of a scene, for what takes time


@dataclass(frozen=True)
class SceneReport(ABC):
    """What was measured in a scene, pixels being those of its images.

    :param read: number of frames that reading was tried of
    :param unreadable: why the others are not, each naming its file
    """

    scene: AnyScene
    read: int
    unreadable: tuple[str, ...]

    @property
    def problems(self) -> list[str]:
        """Why the scene cannot teach, with the figure and the remedy; empty when it can."""
        if len(self.unreadable) == self.read:
            return [f'none of {self.read} frames can be read: {self.unreadable[0]}']
        return self._problems()

    @property
    @abstractmethod
    def is_judged(self) -> bool:
        """Whether enough was seen to tell alignment."""

    @property
    @abstractmethod
    def unjudged(self) -> str:
        """Why alignment cannot be told, where it cannot."""

    @abstractmethod
    def _problems(self) -> list[str]:
        """Return what is wrong with what could be read."""


def look_at(scene: AnyScene, sample: int | None, measure: Callable[..., None]) -> tuple[int, tuple[str, ...]]:
    """Read frames of a scene, evenly spread.

    :param sample: number of frames to read; None reads all
    :param measure: takes the index and the two arrays of each frame, and whether it is one of the few to spend time on
    :return: the number of frames, and why some of them cannot be read
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
    """Return up to ``wanted`` of ``count`` positions, evenly spread, each in the middle of its part."""
    wanted = min(count, wanted)
    return [(2 * part + 1) * count // (2 * wanted) for part in range(wanted)]
