# SPDX-License-Identifier: Apache-2.0
"""The output that a checkpoint's network must give for one random input, wherever and in whatever form it runs."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

INPUT_SHAPE = (1, 3, 128, 256)
GRID = (4, 8)
NEAR_ZERO = 1e-4  # of the width, as a disparity


@dataclass(frozen=True)
class SelfTest:
    """The mean finest left disparity in each cell of a grid, for an input drawn from ``seed``."""

    seed: int
    expected: tuple[float, ...]

    @classmethod
    def of(cls, run: Callable[[np.ndarray], np.ndarray], seed: int = 0) -> 'SelfTest':
        """Take the output of ``run``, (N, 3, H, W) to (N, 2, h, w), as the expected one."""
        return cls(seed, tuple(_answer(run, seed).tolist()))

    @classmethod
    def from_content(cls, content: dict[str, Any]) -> 'SelfTest':
        """Read what :meth:`content` returned.

        :raises KeyError, TypeError, ValueError: it is something else
        """
        test = cls(int(content['seed']), tuple(float(value) for value in content['expected']))
        if len(test.expected) != GRID[0] * GRID[1]:
            raise ValueError(f'its self-test has {len(test.expected)} values, not {GRID[0] * GRID[1]}')
        return test

    def content(self) -> dict[str, Any]:
        """Return both values, for JSON."""
        return asdict(self)

    def error(self, run: Callable[[np.ndarray], np.ndarray]) -> float:
        """Return the largest relative error of the output of ``run``, NaN if the output is not finite.

        Where the expected value is nearly 0, as for some networks with random weights, it is relative to ``NEAR_ZERO``.
        """
        expected = np.array(self.expected)
        return float(np.max(np.abs(_answer(run, self.seed) - expected) / np.maximum(np.abs(expected), NEAR_ZERO)))


def _answer(run: Callable[[np.ndarray], np.ndarray], seed: int) -> np.ndarray:
    # RandomState, because numpy guarantees that its numbers never change.
    pixels = np.random.RandomState(seed).random_sample(INPUT_SHAPE).astype(np.float32)
    left = run(pixels)[0, 0].astype(np.float64)
    cells = left.reshape(GRID[0], left.shape[0] // GRID[0], GRID[1], left.shape[1] // GRID[1])
    return cells.mean(axis=(1, 3)).ravel()
