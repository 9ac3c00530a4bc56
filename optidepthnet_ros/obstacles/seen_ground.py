# SPDX-License-Identifier: Apache-2.0
"""Uses the ground that depth shows instead of the ground that follows from the camera's mounting.

If a network estimates the ground a fifth too near, it raises it by a fifth of the camera's height and tilts it by a
degree or two. Then heights above the estimated plane are right, while heights above the true ground are not.
"""

import numpy as np

from optidepthnet_ros.geometry.camera import Camera
from optidepthnet_ros.obstacles.mounting import Mounting
from optidepthnet_ros.scale.fit import UnsupportedFitError
from optidepthnet_ros.scale.ground import ground_plane

_SHARE = 0.35  # of the height by which the plane may be too near or too far: a table is not ground


def over_seen_ground(depth: np.ndarray, camera: Camera, mounting: Mounting) -> Mounting:
    """Return the mounting above the plane that depth shows, rounded; the given one if there is no plane near it.

    :param depth: (H, W) float32 metres; NaN and infinities are unknown
    :param mounting: with a height; the plane may be tilted by 3 degrees relative to it
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
