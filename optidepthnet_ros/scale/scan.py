# SPDX-License-Identifier: Apache-2.0
"""Points of a planar laser scanner; ``points.py`` makes evidence of them."""

import numpy as np


def points_of_scan(
    ranges: np.ndarray, angle_min: float, angle_increment: float, range_min: float, range_max: float
) -> np.ndarray:
    """Return the points of a row of ranges, (N, 3) metres in the scanner's frame: x forward, y left, z up.

    :param ranges: (M,) metres; values outside the limits are not measurements (sensor_msgs/LaserScan)
    :param angle_min: angle of the first range, radians from x towards y
    """
    ranges = np.asarray(ranges, np.float64)
    angles = angle_min + angle_increment * np.arange(len(ranges))
    with np.errstate(invalid='ignore'):
        valid = np.isfinite(ranges) & (ranges >= range_min) & (ranges <= range_max) & (ranges > 0)
    ranges, angles = ranges[valid], angles[valid]
    return np.stack([ranges * np.cos(angles), ranges * np.sin(angles), np.zeros_like(ranges)], axis=1)
