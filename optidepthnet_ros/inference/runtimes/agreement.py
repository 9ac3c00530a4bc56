# SPDX-License-Identifier: Apache-2.0
"""Checks that a runtime with less precision than float32 gives the same depth, on frames where depth is meaningful."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from optidepthnet_ros.inference.runtimes.runtime import Runtime

MEDIAN, MOST = 0.005, 0.02
GUESSED = 0.1  # median change of log depth over a frame when the frame is mirrored; from here on the network guesses


@dataclass(frozen=True)
class Agreement:
    """Relative differences of depth.

    :param median: median over all pixels
    :param most: the 95th percentile
    :param frames: how many of ``shown`` were compared
    """

    median: float
    most: float
    frames: int
    shown: int

    @property
    def is_close(self) -> bool:
        """Whether the difference is negligible."""
        return self.median <= MEDIAN and self.most <= MOST

    def __str__(self) -> str:
        figures = f'depth is off by {self.median:.2%} (median) and {self.most:.2%} (95th percentile)'
        if self.frames == self.shown:
            return figures
        return f'{figures} over {self.frames} of {self.shown} frames; it guesses on the others'


def measure_agreement(runtime: Runtime, exact: Runtime, frames: Sequence[np.ndarray]) -> Agreement:
    """Compare a runtime with one that computes in float32.

    Frames whose depth changes when they are mirrored are left out, unless all do: a network for rooms guesses on a
    road, where the smallest rounding error changes much without meaning anything.

    :param frames: inputs of the network, (1, 3, H, W) float32 each
    """
    answers = [(frame, exact(frame)[0, 0].copy()) for frame in frames]
    known = [pair for pair in answers if _change_when_mirrored(exact, *pair) < GUESSED] or answers
    # Depth is inversely proportional to disparity.
    ratios = [answer / runtime(frame)[0, 0] for frame, answer in known]
    differences = np.abs(np.concatenate([ratio.ravel() for ratio in ratios]) - 1)
    return Agreement(float(np.median(differences)), float(np.percentile(differences, 95)), len(known), len(frames))


def _change_when_mirrored(exact: Runtime, frame: np.ndarray, answer: np.ndarray) -> float:
    mirrored = exact(np.ascontiguousarray(frame[..., ::-1]))[0, 0, :, ::-1]
    return float(np.median(np.abs(np.log(answer / mirrored))))
