# SPDX-License-Identifier: Apache-2.0
"""The image sizes that a network accepts."""

from abc import ABC, abstractmethod
from dataclasses import dataclass

from optidepthnet_ros.geometry.camera import Camera

SIDES = {'short_side': min, 'long_side': max}


class SizeRule(ABC):
    """Determines the size to which an image is resized."""

    @abstractmethod
    def size(self, camera: Camera) -> tuple[int, int]:
        """Return height and width for the images of a camera."""


@dataclass(frozen=True)
class FixedSize(SizeRule):
    """One size for all images; those with another aspect ratio are squashed."""

    height: int
    width: int

    def size(self, camera: Camera) -> tuple[int, int]:
        return self.height, self.width


@dataclass(frozen=True)
class MultipleSize(SizeRule):
    """Keeps the image's aspect ratio and square pixels, with both sides rounded to a multiple.

    :param side: which side has ``length``, one of ``SIDES``
    :param length: pixels
    """

    multiple: int
    side: str
    length: int

    def size(self, camera: Camera) -> tuple[int, int]:
        height, width = camera.height * camera.fx / camera.fy, float(camera.width)
        factor = self.length / SIDES[self.side](height, width)
        return self._rounded(height * factor), self._rounded(width * factor)

    def _rounded(self, length: float) -> int:
        return max(1, round(length / self.multiple)) * self.multiple
