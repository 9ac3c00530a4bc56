# SPDX-License-Identifier: Apache-2.0
"""Evidence from one distance: sonar, time of flight, the rangefinder of a drone."""

import math

import numpy as np

from optidepthnet_ros.geometry.camera import Camera
from optidepthnet_ros.scale.evidence import Evidence

_NEAREST = 0.02  # share of the cone's pixels: such a sensor measures the nearest surface in its cone
_PIXELS = 5000  # about this many of the cone are used
_FEWEST = 4


def evidence_of_range(
    depth: np.ndarray, camera: Camera, distance: float, field_of_view: float, sensor_to_camera: np.ndarray
) -> Evidence:
    """Compare predicted depth with the distance measured by a sensor with a cone.

    Seen from the sensor, the sphere whose radius is this distance lies in front of everything in the cone and touches
    the nearest surface. So the pixel in the cone whose predicted depth is nearest, as a share of the sphere's depth, is
    compared with the sphere there. A low quantile is used for it, because single pixels may be wrong.

    :param depth: (H, W) float32 metres, uncorrected, NaN unknown
    :param distance: metres from the sensor
    :param field_of_view: radians, the whole angle of the cone around x of the sensor's frame
    :param sensor_to_camera: (4, 4), takes points of the sensor's frame to the camera's optical frame
    :return: one pair, or none if the cone is outside the image or depth is unknown there
    """
    step = max(1, math.ceil(math.sqrt(depth.size / _PIXELS)))
    small = camera.decimated(step)
    columns, rows = (rays.astype(np.float64) for rays in small.rays())
    x, y = np.meshgrid(columns, rows)
    ray = np.stack([x, y, np.ones_like(x)], axis=-1)
    origin, axis = sensor_to_camera[:3, 3], sensor_to_camera[:3, 0]
    # Each ray meets the sphere where |z ray - origin| = distance; the farther solution is the one in front.
    square, along = np.sum(ray**2, axis=-1), ray @ origin
    root = along**2 - square * (origin @ origin - distance**2)
    with np.errstate(invalid='ignore'):
        sphere = (along + np.sqrt(root)) / square
        towards = (sphere[..., np.newaxis] * ray - origin) @ axis
        inside = (sphere > 0) & (towards >= distance * math.cos(field_of_view / 2))
    predicted = depth[::step, ::step]
    inside &= np.isfinite(predicted) & (predicted > 0)
    predicted, sphere = predicted[inside].astype(np.float64), sphere[inside]
    if len(predicted) < _FEWEST:
        return Evidence(np.empty(0), np.empty(0), minimum=1, may_shift=False)
    nearest = np.argsort(predicted / sphere)[int(_NEAREST * len(predicted))]
    row, column = step * np.argwhere(inside)[nearest]
    return Evidence.of_depths(
        predicted[nearest : nearest + 1],
        sphere[nearest : nearest + 1],
        minimum=1,
        may_shift=False,
        pixels=np.array([row * camera.width + column]),
    )
