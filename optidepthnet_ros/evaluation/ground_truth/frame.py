# SPDX-License-Identifier: Apache-2.0
"""What every kind of ground truth provides: frames by name."""

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
    """One frame and its ground truth.

    :param name: prediction files have this name
    :param depth: (H, W) float32 metres, NaN where it is not known; at least one pixel is known
    :param image: the image file, if there is one
    :param camera: camera of an image of the size of the truth, if known
    :param baseline: baseline in metres of the rig for which disparities are compared, if there is one
    """

    name: str
    depth: np.ndarray
    image: Path | None = None
    camera: Camera | None = None
    baseline: float | None = None

    def pixels(self) -> np.ndarray | None:
        """Return the image as uint8 (H, W, 3) BGR, None if there is none."""
        return read_image(self.image) if self.image else None

    @property
    def disparity_scale(self) -> float | None:
        """Focal length times baseline: divided by depth in metres, it gives disparity in pixels. None if unknown."""
        return self.camera.fx * self.baseline if self.camera and self.baseline else None


class GroundTruth(ABC):
    """Frames of one kind; :attr:`names` lists them in order."""

    kind: str
    names: list[str]

    @abstractmethod
    def image(self, name: str) -> Path | None:
        """Return the image of a frame, None if there is none."""

    @abstractmethod
    def read(self, name: str) -> Frame:
        """Read one frame.

        :raises GroundTruthError: unreadable, without any truth, or not of its camera's size
        """
