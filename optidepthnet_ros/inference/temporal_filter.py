# SPDX-License-Identifier: Apache-2.0
"""Steadies inverse depth from frame to frame where nothing moves; anything that moves is left as it is.

A network processes each frame separately, so that its output differs by a few percent even if camera and scene stand
still. A causal exponential filter removes these differences. Four guards reduce its weight to 0, pixel by pixel:

- motion: the image changed here, by more than noise;
- change: inverse depth changed by more than its flicker;
- approach: it became nearer by more than a smaller limit, so that approaching objects without texture are not delayed;
- edges: depth has an edge here, where an average of near and far would be a surface that does not exist.

The filter works on the network's output, before that is enlarged to the image. So everything that is made from a frame
is filtered, and the time it takes does not depend on the size of the image.
"""

from typing import Any

import cv2
import numpy as np

# Up to its limit, a guard leaves the filter its full weight, from twice the limit on none; measured with
# experiments/robot/steadiness.py.
_MOTION = 2.5  # gray levels
_CHANGE = 0.15  # share of the inverse depth, as in the next two
_APPROACH = 0.05
_EDGE = 0.1
_GAP = 0.5  # seconds without a frame after which the past is dropped
_NOISE = (5, 5)  # pixels over which the image is averaged before it is compared
_AROUND_MOTION = np.ones((5, 5), np.uint8)
_AROUND_EDGE = np.ones((3, 3), np.uint8)


class TemporalFilter:
    """Filters the outputs of one network for the images of one camera, in the order of their time."""

    def __init__(self) -> None:
        self._source: Any = None
        self._seconds = 0.0
        self._inverse: np.ndarray | None = None
        self._image: np.ndarray | None = None
        self._before: np.ndarray | None = None  # the blurred image before that, whose memory the next one reuses
        self._kept: list[np.ndarray] = []

    def forget(self) -> None:
        """Start over with the next frame."""
        self._source = self._inverse = self._image = None

    def __call__(
        self, inverse: np.ndarray, image: np.ndarray, *, source: Any, seconds: float, strength: float
    ) -> np.ndarray:
        """Return the filtered inverse depth of the next frame, a new array.

        The past is dropped if the source or a size changes, or if time goes back, stands still or jumps by more than
        half a second. Pixels that are NaN stay NaN; pixels that were NaN before take the new value.

        :param inverse: (h, w) float32 inverse depth in any unit
        :param image: (H, W) float32 gray or one colour channel, 0 to 1; resized to (h, w) if it is larger
        :param source: what the frames of one series have in common, for example their camera and network
        :param seconds: stamp of the frame
        :param strength: weight of the past where nothing moves, 0 to 1
        """
        blurred = self._blurred(image, inverse.shape)
        if self._inverse is None or not self._continues(inverse, source, seconds):
            filtered = inverse.copy()
        else:
            filtered = self._blended(inverse, blurred, strength)
        self._source, self._seconds, self._inverse = source, seconds, filtered
        self._image, self._before = blurred, self._image
        return filtered

    def _blurred(self, image: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
        if image.shape != shape:
            image = cv2.resize(image, shape[::-1], interpolation=cv2.INTER_AREA)
        return cv2.GaussianBlur(image, _NOISE, 0, dst=self._before)

    def _continues(self, inverse: np.ndarray, source: Any, seconds: float) -> bool:
        assert self._inverse is not None
        same = source == self._source and inverse.shape == self._inverse.shape
        return same and 0 < seconds - self._seconds <= _GAP

    def _blended(self, inverse: np.ndarray, image: np.ndarray, strength: float) -> np.ndarray:
        assert self._inverse is not None and self._image is not None
        # Buffers are reused: allocating fresh memory pages takes longer than the arithmetic.
        guard, other, farther = self._buffers(inverse.shape)
        cv2.dilate(cv2.absdiff(image, self._image, dst=other), _AROUND_MOTION, dst=guard)
        guard *= np.float32(255 / _MOTION)
        strongest, weakest = cv2.dilate(inverse, _AROUND_EDGE, dst=farther), cv2.erode(inverse, _AROUND_EDGE, dst=other)
        edge: np.ndarray = cv2.divide(strongest, weakest, dst=other, scale=1 / _EDGE)
        edge -= np.float32(1 / _EDGE)
        cv2.max(guard, edge, dst=guard)
        cv2.divide(self._inverse, inverse, dst=farther)
        farther -= 1  # below 0: it came nearer
        for limit in (_CHANGE, -_APPROACH):
            cv2.max(guard, np.multiply(farther, np.float32(1 / limit), out=other), dst=guard)
        weight = np.subtract(2, guard, out=guard)
        np.clip(weight, 0, 1, out=weight)
        weight *= np.float32(strength)
        with np.errstate(invalid='ignore'):
            weight *= farther
        cv2.patchNaNs(weight, 0)  # where inverse depth is unknown, was unknown, or is 0
        weight += 1
        filtered: np.ndarray = weight * inverse
        return filtered

    def _buffers(self, shape: tuple[int, ...]) -> list[np.ndarray]:
        if not self._kept or self._kept[0].shape != shape:
            self._kept = [np.empty(shape, np.float32) for _ in range(3)]
        return self._kept
