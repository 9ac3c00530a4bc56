# SPDX-License-Identifier: Apache-2.0
"""Evidence from the ground and the known height of the camera above it."""

import math
from dataclasses import dataclass

import numpy as np

from optidepthnet_ros.geometry.camera import Camera
from optidepthnet_ros.scale.evidence import Evidence
from optidepthnet_ros.scale.fit import UnsupportedFitError

_PIXELS = 2000  # about this many are used
_FEWEST = 100
_STEEPNESS = 0.05  # sine of the smallest angle below the horizon at which a pixel may show ground
_TILT = 3.0  # degrees that the ground may deviate from level, relative to the given gravity
_THICKNESS = 0.1  # largest distance of a point from the plane, as a share of the height
_SHARE = 0.4  # of the lower part of the image that must lie on the plane
_HYPOTHESES = 200
_FARTHEST = 15.0  # heights of the camera: more distant points say nothing about the plane
_RNG = 0


def evidence_of_ground(depth: np.ndarray, camera: Camera, down: np.ndarray, height: float) -> Evidence:
    """Compare predicted depth with the plane that it shows, moved to the known height below the camera.

    RANSAC finds a level plane in the points below the horizon; of several, the one with the most points. Its allowed
    slope accounts for the pitch of the robot. A table that fills the lower image cannot be distinguished from ground.

    :param depth: (H, W) float32 metres, uncorrected, NaN unknown
    :param down: (3,) unit vector of gravity in the camera's optical frame
    :param height: metres of the camera above the ground
    :raises UnsupportedFitError: there is no plane, for example among people, in high grass or on stairs
    """
    ground = ground_plane(depth, camera, down)
    measured = height / (ground.rays @ ground.normal)
    columns, rows = ground.rays[:, 0] * camera.fx + camera.cx, ground.rays[:, 1] * camera.fy + camera.cy
    pixels = np.rint(rows).astype(np.intp) * camera.width + np.rint(columns).astype(np.intp)
    return Evidence.of_depths(ground.predicted, measured, minimum=_FEWEST // 3, may_shift=False, pixels=pixels)


def evidence_of_base(depth: np.ndarray, camera: Camera, base_to_camera: np.ndarray, height: float) -> Evidence:
    """Do the same as :func:`evidence_of_ground`, with gravity from the pose of a base frame whose z axis points up.

    :param base_to_camera: (4, 4), takes points of the base frame to the camera's optical frame
    :param height: metres of the camera above the ground; 0: its height above the base frame
    :raises UnsupportedFitError: as there, or the camera is not above the base frame
    """
    up = base_to_camera[:3, 2]
    height = height or -float(up @ base_to_camera[:3, 3])
    if not height > 0:
        raise UnsupportedFitError(f'the camera is {height:.2f} m above its base frame: give its height')
    return evidence_of_ground(depth, camera, -up, height)


@dataclass(frozen=True)
class GroundPlane:
    """The plane that predicted depth shows as ground.

    :param normal: (3,) downwards, in the camera's optical frame
    :param height: metres of the camera above the plane, as predicted
    :param rays: (N, 3), with z = 1, of the pixels on the plane
    :param predicted: (N,) metres, predicted depth of these pixels
    """

    normal: np.ndarray
    height: float
    rays: np.ndarray
    predicted: np.ndarray


def ground_plane(depth: np.ndarray, camera: Camera, down: np.ndarray) -> GroundPlane:
    """Find the level plane with the most points below the horizon, see :func:`evidence_of_ground`.

    :raises UnsupportedFitError: as there
    """
    rays, predicted = _below_horizon(depth, camera, down)
    if len(predicted) < _FEWEST:
        raise UnsupportedFitError(f'{len(predicted)} pixels with depth below the horizon, {_FEWEST} needed')
    points = rays * predicted[:, np.newaxis]
    normal, lying = _plane(points, down)
    share = float(lying.mean())
    if share < _SHARE:
        raise UnsupportedFitError(f'no ground: {share:.0%} of the lower image lie on a plane, {_SHARE:.0%} needed')
    return GroundPlane(normal, float(np.median(points[lying] @ normal)), rays[lying], predicted[lying])


def _below_horizon(depth: np.ndarray, camera: Camera, down: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the rays (N, 3), with z = 1, and depths (N,) of pixels that may show ground."""
    step = max(1, math.ceil(math.sqrt(depth.size / 2 / _PIXELS)))
    columns, rows = camera.decimated(step).rays()
    x, y = np.meshgrid(columns.astype(np.float64), rows.astype(np.float64))
    rays = np.stack([x, y, np.ones_like(x)], axis=-1)
    predicted = depth[::step, ::step].astype(np.float64)
    sine = (rays @ down) / np.linalg.norm(rays, axis=-1)
    near = sine > max(_STEEPNESS, 1 / _FARTHEST)
    usable = near & np.isfinite(predicted) & (predicted > 0)
    return rays[usable], predicted[usable]


def _plane(points: np.ndarray, down: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the downward unit normal of the plane with the most points, and which points lie on it, (N,) bool."""
    rng = np.random.default_rng(_RNG)
    first, second, third = points[rng.integers(0, len(points), (3, _HYPOTHESES))]
    normals = np.cross(second - first, third - first)
    length = np.linalg.norm(normals, axis=1)
    usable = length > 0
    normals = normals[usable] / length[usable, np.newaxis]
    normals *= np.sign(normals @ down)[:, np.newaxis]
    # Level planes through single points are tried, too: three points near each other give a poor slope.
    normals = np.concatenate([normals, np.tile(down, (_HYPOTHESES // 4, 1))])
    through = np.concatenate([first[usable], points[rng.integers(0, len(points), _HYPOTHESES // 4)]])
    heights = np.sum(normals * through, axis=1)
    level = (normals @ down >= math.cos(math.radians(_TILT))) & (heights > 0)
    normals, heights = normals[level], heights[level]
    if not len(normals):
        return down, np.zeros(len(points), bool)
    off = np.abs(points @ normals.T / heights - 1)
    best = int(np.argmax((off <= _THICKNESS).sum(axis=0)))
    normal, lying = normals[best], off[:, best] <= _THICKNESS
    for _ in range(3):
        refitted = _least_squares(points[lying])
        if refitted is None or refitted @ down < math.cos(math.radians(_TILT)):
            break
        normal = refitted
        heights_over = points @ normal
        lying = np.abs(heights_over / np.median(heights_over[lying]) - 1) <= _THICKNESS
    return normal, lying


def _least_squares(points: np.ndarray) -> np.ndarray | None:
    """Fit n . p / h = 1, with residuals as shares of the height; return unit normal n, None if points are on a line."""
    solution, _, rank, _ = np.linalg.lstsq(points, np.ones(len(points)), rcond=None)
    length = np.linalg.norm(solution)
    if rank < 3 or not length > 0:
        return None
    normal: np.ndarray = solution / length
    return normal
