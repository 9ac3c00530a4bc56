# SPDX-License-Identifier: Apache-2.0
"""Inverse depth as integers: the logarithm in fixed steps, because errors count relative to the distance."""

from dataclasses import dataclass

import numpy as np

UNKNOWN = 0


@dataclass(frozen=True)
class Code:
    """Logarithms of inverse depth (1/m) as integers; 0 is unknown.

    :param dtype: type of the integers
    :param step: step of the logarithm; half of it is the largest relative error
    :param farthest: depth of code 1 in metres
    :param sky: the code for depth that is farther than can be measured
    """

    dtype: type
    step: float
    farthest: float
    sky: int

    def encode(self, inverse_depth: np.ndarray) -> np.ndarray:
        """Return codes of inverse depths in 1/m; NaN is unknown, 0 is sky."""
        with np.errstate(divide='ignore', invalid='ignore'):
            codes = 1 + np.rint((np.log(inverse_depth) + np.log(self.farthest)) / self.step)
        codes = np.clip(np.nan_to_num(codes, nan=UNKNOWN, neginf=1, posinf=self.sky - 1), 1, self.sky - 1)
        codes = np.where(np.isfinite(inverse_depth), codes, UNKNOWN)
        return np.where(inverse_depth == 0, self.sky, codes).astype(self.dtype)

    def decode(self, codes: np.ndarray) -> np.ndarray:
        """Return inverse depths in 1/m, float32; NaN is unknown, 0 is sky."""
        inverse_depth = np.exp((codes.astype(np.float32) - 1) * self.step) / np.float32(self.farthest)
        return np.where(codes == UNKNOWN, np.nan, np.where(codes == self.sky, 0, inverse_depth)).astype(np.float32)


FINE = Code(np.uint16, 0.001, 1000.0, 32767)  # renderers and depth cameras; also used in memory, as int16
COARSE = Code(np.uint8, 0.02, 150.0, 255)  # stereo matches and teachers, which are not more precise

CODES = {'fine': FINE, 'coarse': COARSE}
