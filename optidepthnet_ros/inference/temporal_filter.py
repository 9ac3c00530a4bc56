# SPDX-License-Identifier: Apache-2.0
"""Steadies inverse depth from frame to frame where nothing moves; whatever moves is left as it is.

A network answers each frame anew, and differently by a few percent even where the camera and the scene stand still. A
causal exponential filter takes that away. Four guards take its weight to 0, pixel by pixel:

- motion: the image changed here, by more than noise does;
- change: inverse depth changed by more than it flickers;
- approach: it became nearer by more than a smaller limit, so that what approaches without texture is not late;
- edges: depth has an edge here, where an average of near and far would be a surface that is not there.

It works on the answer of the network, before that is enlarged to the image, so that everything that is made of a frame
has it, and its time does not depend on the size of the image.
"""

from typing import Any

import cv2
import numpy as np

# Up to these limits a guard lets the filter have its whole weight, from twice as much on none; measured, see
# experiments/robot/steadiness.py.
_MOTION = 2.5  # gray levels
_CHANGE = 0.15  # share of the inverse depth, likewise the next two
_APPROACH = 0.05
_EDGE = 0.1
_GAP = 0.5  # seconds between two frames after which the past does not count
_NOISE = (5, 5)  # pixels over which the image is averaged before it is compared
_AROUND_MOTION = np.ones((5, 5), np.uint8)
_AROUND_EDGE = np.ones((3, 3), np.uint8)


class TemporalFilter:
    """Filters the answers of one network to the images of one camera, in the order of their time."""

    def __init__(self) -> None:
        self._source: Any = None
        self._seconds = 0.0
        self._inverse: np.ndarray | None = None
        self._image: np.ndarray | None = None

    def forget(self) -> None:
        """Begin again with the next frame."""
        self._source = self._inverse = self._image = None

    def __call__(
        self, inverse: np.ndarray, image: np.ndarray, *, source: Any, seconds: float, strength: float
    ) -> np.ndarray:
        """Return the filtered inverse depth of the next frame, a new array.

        The past is dropped when the source or a size is another one, and when the time goes back, stands or jumps by
        more than half a second. Pixels that are NaN stay NaN; what was NaN before takes the new value.

        :param inverse: (h, w) float32 inverse depth in any unit
        :param image: (H, W) float32 gray or one colour, 0 to 1; resized to (h, w) where it is larger
        :param source: what the frames of one series have in common, as their camera and network
        :param seconds: stamp of the frame
        :param strength: weight of the past where nothing moves, 0 to 1
        """
        if image.shape != inverse.shape:
            image = cv2.resize(image, inverse.shape[::-1], interpolation=cv2.INTER_AREA)
        image = cv2.GaussianBlur(image, _NOISE, 0)
        if self._inverse is None or not self._continues(inverse, source, seconds):
            filtered = inverse.copy()
        else:
            filtered = self._blended(inverse, image, strength)
        self._source, self._seconds, self._inverse, self._image = source, seconds, filtered, image
        return filtered

    def _continues(self, inverse: np.ndarray, source: Any, seconds: float) -> bool:
        assert self._inverse is not None
        same = source == self._source and inverse.shape == self._inverse.shape
        return same and 0 < seconds - self._seconds <= _GAP

    def _blended(self, inverse: np.ndarray, image: np.ndarray, strength: float) -> np.ndarray:
        assert self._inverse is not None and self._image is not None
        edge: np.ndarray = cv2.dilate(inverse, _AROUND_EDGE)
        with np.errstate(divide='ignore', invalid='ignore'):  # of 0 nothing is known: see the last line
            edge /= cv2.erode(inverse, _AROUND_EDGE)
            farther = self._inverse / inverse  # below 1: it came nearer
        edge -= 1
        edge *= np.float32(1 / _EDGE)
        motion: np.ndarray = cv2.dilate(cv2.absdiff(image, self._image), _AROUND_MOTION)
        motion *= np.float32(255 / _MOTION)
        farther -= 1
        change = cv2.max(farther * np.float32(1 / _CHANGE), farther * np.float32(-1 / _APPROACH))
        weight: np.ndarray = 2 - cv2.max(change, cv2.max(edge, motion))
        np.clip(weight, 0, 1, out=weight)
        weight *= np.float32(strength)
        with np.errstate(invalid='ignore'):
            weight *= farther
        weight += 1
        filtered: np.ndarray = weight * inverse
        return np.where(np.isnan(filtered), inverse, filtered)
