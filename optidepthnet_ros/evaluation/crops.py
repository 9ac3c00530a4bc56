# SPDX-License-Identifier: Apache-2.0
"""The parts of a KITTI image that are evaluated, as shares of its height and width."""

import numpy as np

# First and last row, first and last column. 'eigen' is of Eigen et al., NIPS 2014, 'garg' of Garg et al., ECCV 2016.
CROPS = {
    'none': (0.0, 1.0, 0.0, 1.0),
    'garg': (0.40810811, 0.99189189, 0.03594771, 0.96405229),
    'eigen': (0.3324324, 0.91351351, 0.0359477, 0.96405229),
}


def crop_mask(name: str, shape: tuple[int, int]) -> np.ndarray:
    """Return a boolean (H, W), true inside; borders are rounded down, as for all published tables."""
    height, width = shape
    top, bottom, left, right = CROPS[name]
    mask = np.zeros(shape, bool)
    mask[int(top * height) : int(bottom * height), int(left * width) : int(right * width)] = True
    return mask
