# SPDX-License-Identifier: Apache-2.0
"""The form in which every kind of recording is read: scenes; stereo scenes are rectified pairs."""

from abc import ABC, abstractmethod

import numpy as np

from optidepthnet_ros.geometry.camera import Camera, StereoRig

MAX_UNREADABLE = 0.05  # share of all frames, or of all messages of a topic; above it, a recording is refused


class DataError(ValueError):
    """A recording that cannot be trained on; the message names the file and the remedy."""


class Scene(ABC):
    """Frames of one place or drive.

    Attributes: ``name``, unique within a training; ``notes``, what was left out or done to the images, as text.
    """

    name: str
    notes: tuple[str, ...] = ()

    @abstractmethod
    def __len__(self) -> int:
        """Return the number of frames."""

    @abstractmethod
    def describe(self, index: int) -> str:
        """Return where the frame comes from, for use in messages."""

    def number(self, index: int) -> int:
        """Return a number that is unique among scenes of this name, even if only a part of the scene is taken."""
        return index


class StereoScene(Scene):
    """Pairs from one rig. Attribute in addition to those of a scene: ``rig``, of the images as they are read."""

    rig: StereoRig

    @property
    def camera(self) -> Camera:
        """The left camera."""
        return self.rig.camera

    @abstractmethod
    def read(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        """Return left and right image, uint8 (H, W), gray and row-aligned.

        :raises DataError: the pair cannot be read
        """

    def left_depth(self, index: int) -> tuple[np.ndarray, str] | None:
        """Return the depth that was recorded with the left image, None if there is none.

        :return: float32 (h, w) metres and its source, both as in :class:`DepthScene`
        :raises DataError: it cannot be read
        """
        return None
