"""What every kind of stereo recording is read as: scenes of rectified pairs."""

from abc import ABC, abstractmethod

import numpy as np

from optidepthnet_ros.geometry.camera import StereoRig


class DataError(ValueError):
    """A recording that cannot be trained on; the message names the file and the remedy."""


class StereoScene(ABC):
    """Pairs of one place or drive, from one rig.

    Attributes: ``name``, unique within a training; ``rig``, of the images as they are read; ``notes``, what was
    left out or done to the images, for people.
    """

    name: str
    rig: StereoRig
    notes: tuple[str, ...] = ()

    @abstractmethod
    def __len__(self) -> int:
        """Return the number of pairs."""

    @abstractmethod
    def read(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        """Return left and right image, uint8 (H, W), gray and row-aligned.

        :raises DataError: the pair cannot be read
        """

    @abstractmethod
    def describe(self, index: int) -> str:
        """Return where the pair comes from, for messages."""

    def number(self, index: int) -> int:
        """Return what tells the pair from all others of its name, also where only a part of the scene is taken."""
        return index
