# SPDX-License-Identifier: Apache-2.0
"""The ground as depth shows it, in the place of where the camera's mounting says it is.

A network that sees the ground too near by a fifth sees it standing up by a fifth of the camera's height, and tilted by
a degree or two. Heights above the plane that it sees are right where heights above the true ground are not.
"""

import numpy as np

from optidepthnet_ros.geometry.camera import Camera
from optidepthnet_ros.obstacles.mounting import Mounting
from optidepthnet_ros.scale.fit import UnsupportedFitError
from optidepthnet_ros.scale.ground import ground_plane

_SHARE = 0.35  # of the height by which the plane may be too near or too far: a table is no ground


def over_seen_ground(depth: np.ndarray, camera: Camera, mounting: Mounting) -> Mounting:
    """Return the mounting over the plane that is seen, rounded; the given one where none is near it.

    :param depth: (H, W) float32 metres; NaN and infinities are unknown
    :param mounting: with a height; the plane may be tilted by 3 degrees against it
    """
    if not mounting.height:
        return mounting
    try:
        ground = ground_plane(depth, camera, -mounting.rotation[2])
    except UnsupportedFitError:
        return mounting
    if abs(ground.height / mounting.height - 1) > _SHARE:
        return mounting
    return Mounting.from_up(-ground.normal, ground.height).rounded()
