# SPDX-License-Identifier: Apache-2.0
"""Checks whether the camera sees anything: depth of a lens cap, the sun, a lost focus or a frozen driver is wrong."""

import zlib

import numpy as np

from optidepthnet_ros.imaging.input_check import InputFigures, look_at

_FROZEN = 'frozen'
_STEP = 8  # rows and columns; one in each step is compared with the previous image


class InputWatch:
    """Judges one image after the other; ``problem`` is the problem of the last one, or empty."""

    def __init__(self) -> None:
        self.problem = ''
        self.figures: InputFigures | None = None
        self.identical = 0  # consecutive images directly before the last one that are identical to it
        self._last: int | None = None

    def judge(self, image: np.ndarray, max_identical: int) -> str:
        """Return why no depth can be estimated from an image; empty if it can.

        :param image: uint8 (H, W, 3) BGR or (H, W) gray
        :param max_identical: images in a row that may be identical; 0: any number
        """
        sample = zlib.crc32(image[::_STEP, ::_STEP].tobytes())
        self.identical = self.identical + 1 if sample == self._last else 0
        self._last, self.figures = sample, look_at(image)
        frozen = max_identical and self.identical >= max_identical
        self.problem = _FROZEN if frozen else self.figures.problem
        return self.problem

    def remedy(self) -> str:
        """Return what to do about the problem."""
        setting = 'max_identical_frames to 0' if self.problem == _FROZEN else 'input_check to false'
        return f'check the camera or, if the images are meant to look like this, set {setting}'

    def forget(self) -> None:
        """Reset, for when images are not checked."""
        self.problem, self.figures, self.identical, self._last = '', None, 0, None
