# SPDX-License-Identifier: Apache-2.0
"""Measures depth: how much is known, whether its scale is plausible, and whether it is aligned to the images."""

from dataclasses import dataclass

import numpy as np

from optidepthnet_ros.recordings.depth_alignment import Alignment, correlate, measure_alignment

MIN_KNOWN = 0.002  # share of pixels; a lidar with 16 rings measures about five times as many
DENSE = 0.3  # share of pixels; sparser depth has no edges to measure
MIN_MEDIAN, MAX_MEDIAN = 0.2, 200.0  # metres
MAX_SHIFT = 8 / 640  # in parts of image width; RGB-D cameras are off by up to half of it
# In 64 aligned scenes with at least five frames, the lowest agreement was 7, and most had 20 to 100; with depth from
# another moment it was below 4.
CLEAR, CLEARER, CHANCE = 6.0, 1.25, 4.0
ENOUGH_FRAMES = 5  # for concluding that depth and images are unrelated
# For concluding that they are shifted: a straight edge does not show a shift along it, and one or two frames may have
# no other edge.
SHIFT_FRAMES = 3


@dataclass(frozen=True)
class DepthFigures:
    """What was measured in the depth of a scene.

    :param width: width of the images in pixels
    :param known: share of the pixels whose depth is finite, median of the frames; NaN without frames
    :param median: metres, median of the medians of all frames; NaN if nothing is known
    """

    width: int
    known: float
    median: float
    alignment: Alignment

    @property
    def is_judged(self) -> bool:
        """Whether there are enough depth edges to judge alignment."""
        return self._is_shifted or self._is_unrelated or (self._is_dense and self.alignment.agreement >= CHANCE)

    @property
    def unjudged(self) -> str:
        """Why alignment cannot be judged, if it cannot."""
        if not self._is_dense:
            return f'depth is too sparse to judge alignment: {self.known:.1%}'
        return f'too few depth edges to judge alignment, in {self.alignment.frames} frames'

    @property
    def max_shift(self) -> float:
        """The largest shift that is accepted, pixels."""
        return MAX_SHIFT * self.width

    @property
    def problems(self) -> list[str]:
        """Why the depth cannot be used, with the figure and the remedy; empty if it can."""
        if not self.known >= MIN_KNOWN:
            known = f'depth is known in {self.known:.2%} of the pixels, less than {MIN_KNOWN:.1%}'
            return [f'{known}: check that the depth images are not empty, and that 0 means unknown in them']
        found = []
        if not MIN_MEDIAN <= self.median <= MAX_MEDIAN:
            found.append(
                f'depth is {self.median:.4g} m (median), not within {MIN_MEDIAN:g} to {MAX_MEDIAN:g} m: check its '
                'unit, for example millimetres instead of metres'
            )
        if self._is_shifted:
            found.append(
                f'depth edges are off image edges by {self.alignment.shift[0]:+.0f} px to the right and '
                f'{self.alignment.shift[1]:+.0f} px down, more than {self.max_shift:.1f}: give depth aligned to the '
                'image, from the same moment'
            )
        elif self._is_unrelated:
            found.append(
                f'depth and images do not show the same edges: their correlation is {self.alignment.agreement:.1f} '
                f'times chance, less than {CHANCE:g}: give depth aligned to the image, from the same moment'
            )
        return found

    @property
    def _is_dense(self) -> bool:
        return self.known >= DENSE

    @property
    def _is_shifted(self) -> bool:
        alignment = self.alignment
        # In a repeating pattern, edges agree nearly as well one period farther on.
        clear = alignment.clarity >= max(CLEAR, CLEARER * alignment.agreement)
        enough = alignment.frames >= SHIFT_FRAMES
        return self._is_dense and enough and clear and max(map(abs, alignment.shift)) > self.max_shift

    @property
    def _is_unrelated(self) -> bool:
        return self._is_dense and self.alignment.frames >= ENOUGH_FRAMES and self.alignment.agreement < CHANCE


class DepthMeasure:
    """Collects the figures, frame by frame."""

    def __init__(self) -> None:
        self._shares: list[float] = []
        self._medians: list[float] = []
        self._correlations: list[np.ndarray] = []

    def add(self, image: np.ndarray, depth: np.ndarray, with_edges: bool) -> None:
        """Add a frame.

        :param image: uint8 (H, W, 3) BGR or (H, W) gray
        :param depth: float32 (h, w) metres, NaN unknown, +inf endless
        :param with_edges: whether to detect its edges, which takes time
        """
        finite = depth[np.isfinite(depth)]
        self._shares.append(finite.size / depth.size)
        if finite.size:
            self._medians.append(np.median(finite))
        if with_edges and (correlation := correlate(image, depth)) is not None:
            self._correlations.append(correlation)

    def figures(self, width: int) -> DepthFigures:
        """Return what was measured.

        :param width: of the images, pixels
        """
        return DepthFigures(
            width,
            float(np.median(self._shares)) if self._shares else float('nan'),
            float(np.median(self._medians)) if self._medians else float('nan'),
            measure_alignment(self._correlations, width, MAX_SHIFT),
        )
