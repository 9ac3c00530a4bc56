# SPDX-License-Identifier: Apache-2.0
"""Rigid transforms between frames. numpy only."""

import numpy as np
from numpy.typing import ArrayLike


def rigid_transform(translation: ArrayLike, rotation: ArrayLike) -> np.ndarray:
    """Return the matrix that takes points of one frame to another, (4, 4) float64.

    :param translation: x, y, z in metres
    :param rotation: x, y, z, w of a quaternion
    :raises ValueError: wrong number of values, or a quaternion whose length is not 1
    """
    x, y, z, w = np.array(rotation, np.float64).reshape(4)
    if not abs(x * x + y * y + z * z + w * w - 1) < 0.01:
        raise ValueError(f'rotation is [{x:g}, {y:g}, {z:g}, {w:g}], not of length 1')
    transform = np.eye(4)
    transform[:3, :3] = (
        (1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)),
        (2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)),
        (2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)),
    )
    transform[:3, 3] = np.array(translation, np.float64).reshape(3)
    return transform
