# SPDX-License-Identifier: Apache-2.0
"""What every kind of ground truth gives: frames by name."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from optidepthnet_ros.files.image_file import read_image
from optidepthnet_ros.geometry.camera import Camera


class GroundTruthError(ValueError):
    """Ground truth that cannot be used; the message names the file or folder, what is wrong and what to do."""


@dataclass(frozen=True)
class Frame:
    """One frame and the truth about it.

    :param name: predictions carry it as the name of their file
    :param depth: (H, W) float32 metres, NaN where it is not known, known somewhere
    :param image: the file that shows it, where there is one
    :param camera: of an image of the truth's size, where it is known
    :param baseline: metres of the rig for which disparities are compared, where there is one
    """

    name: str
    depth: np.ndarray
    image: Path | None = None
    camera: Camera | None = None
    baseline: float | None = None

    def pixels(self) -> np.ndarray | None:
        """Return the image as uint8 (H, W, 3) BGR, None where there is none."""
        return read_image(self.image) if self.image else None

    @property
    def disparity_scale(self) -> float | None:
        """Focal length times baseline: over depth in metres it gives disparity in pixels. None where not known."""
        return self.camera.fx * self.baseline if self.camera and self.baseline else None


class GroundTruth(ABC):
    """Frames of one kind; :attr:`names` says which, in order."""

    kind: str
    names: list[str]

    @abstractmethod
    def image(self, name: str) -> Path | None:
        """Return the frame's image, None where there is none."""

    @abstractmethod
    def read(self, name: str) -> Frame:
        """Read one frame.

        :raises GroundTruthError: unreadable, without any truth, or not of its camera's size
        """
