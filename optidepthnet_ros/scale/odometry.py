# SPDX-License-Identifier: Apache-2.0
"""Evidence from the motion of the camera: corners are tracked from image to image and triangulated."""

import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import cv2
import numpy as np

from optidepthnet_ros.geometry.camera import Camera
from optidepthnet_ros.geometry.triangulation import pixels_of, rays_of, triangulate
from optidepthnet_ros.scale.corner_tracks import find_corners, follow_corners
from optidepthnet_ros.scale.evidence import Evidence
from optidepthnet_ros.scale.fit import UnsupportedFitError
from optidepthnet_ros.scale.points import evidence_of_points
from optidepthnet_ros.scale.poses import PoseBuffer
from optidepthnet_ros.scale.tracker import EvidenceOf, Frame

BASELINE = 0.05  # metres that the camera must have moved
PARALLAX = math.radians(1.5)  # smallest parallax of a point
_FEWEST_PIXELS = 4.0  # smallest parallax in pixels
_OFF = 1.5  # pixels that a point may be off its epipolar line: farther off, it moves or was lost
_FEWEST = 15  # points
_KEYS = 8  # images that are kept to look back at
_COMPARED = 3  # of them are used at most
LONGEST = 3 * 10**9  # nanoseconds to look back at most; odometry drifts
_TURN = math.radians(15)  # largest rotation between two images that are compared
_WIDEST = 640  # largest width in pixels of images that are compared
_WAITING = 5  # images whose pose has not arrived yet
_SECOND = 10**9
PERIOD = _SECOND // 6  # nanoseconds between two images that are used: images in between show the same


class MotionEvidence:
    """Combines images with the poses of their time, which may arrive later.

    :ivar poses: poses of the body that carries the camera
    :param poses: the poses that are known already
    """

    def __init__(self, poses: PoseBuffer | None = None) -> None:
        self.poses = PoseBuffer() if poses is None else poses
        self._points = MotionPoints()
        self._waiting: deque[tuple[int, np.ndarray, Camera]] = deque(maxlen=_WAITING)
        self._last = -(10**18)

    def reset(self) -> None:
        """Forget all images."""
        self._points = MotionPoints()
        self._waiting = deque(maxlen=_WAITING)

    def take(
        self, stamp: int, image: np.ndarray, camera: Camera, body_to_camera: Callable[[int], np.ndarray]
    ) -> list[tuple[int, EvidenceOf]]:
        """Take an image; return the evidence, with stamps, of the images whose pose is known by now.

        :param stamp: nanoseconds
        :param image: uint8 (H, W), gray
        :param body_to_camera: returns the (4, 4) transform of points from the body to the camera's optical frame at a
            given time, or raises UnsupportedFitError
        """
        if 0 <= stamp - self._last < PERIOD:
            return []
        self._last = stamp
        newest = self.poses.newest
        found: list[tuple[int, EvidenceOf]] = []
        if newest is not None and len(self._waiting) == _WAITING and self._waiting[0][0] > newest:
            found.append((stamp, partial(_no_pose, self._waiting[0][0] - newest)))
        self._waiting.append((stamp, image, camera))
        while newest is not None and self._waiting and self._waiting[0][0] <= newest:
            one = self._waiting.popleft()
            found.append((one[0], partial(self.evidence, *one, body_to_camera)))
        return found

    def remember(
        self, stamp: int, image: np.ndarray, camera: Camera, body_to_camera: Callable[[int], np.ndarray]
    ) -> None:
        """Take an image with known pose to look back at; parameters and errors are those of :meth:`evidence`."""
        self._points.remember(stamp, image, camera, self._camera_pose(stamp, body_to_camera))

    def evidence(
        self, stamp: int, image: np.ndarray, camera: Camera, body_to_camera: Callable[[int], np.ndarray], frame: Frame
    ) -> Evidence:
        """Take an image with known pose, and compare the frame of its time with the points that it shows.

        Other parameters are those of :meth:`take`.

        :raises UnsupportedFitError: no pose, or see :meth:`MotionPoints.points`
        """
        points = self._points.points(stamp, image, camera, self._camera_pose(stamp, body_to_camera))
        return evidence_of_points(frame.depth, frame.camera, points, may_shift=False)

    def _camera_pose(self, stamp: int, body_to_camera: Callable[[int], np.ndarray]) -> np.ndarray:
        """Return the transform of points from the camera to the fixed frame, (4, 4)."""
        try:
            body = self.poses.at(stamp)
        except ValueError as error:
            raise UnsupportedFitError(f'the pose is invalid: {error}') from None
        if body is None:
            raise UnsupportedFitError("odometry has no pose at the image's stamp")
        pose: np.ndarray = body @ np.linalg.inv(body_to_camera(stamp))
        return pose


def _no_pose(late: int, _frame: Frame) -> Evidence:
    raise UnsupportedFitError(f'the newest pose of odometry is {late / _SECOND:.2f} s older than an image')


@dataclass(frozen=True)
class _View:
    """An image, its camera, and where it was taken.

    :param pose: (4, 4), takes points of the camera to the fixed frame
    """

    stamp: int
    image: np.ndarray
    camera: Camera
    pose: np.ndarray


class MotionPoints:
    """Takes the images of a camera with their poses, and returns the points that they show."""

    def __init__(self) -> None:
        self._keys: deque[_View] = deque(maxlen=_KEYS)

    def points(self, stamp: int, image: np.ndarray, camera: Camera, pose: np.ndarray) -> np.ndarray:
        """Take an image; return points (N, 3), metres in its camera's frame.

        :param stamp: nanoseconds
        :param image: uint8 (H, W), gray
        :param pose: (4, 4), takes points of the camera to a fixed frame
        :raises UnsupportedFitError: the camera did not move enough, or too few corners were found again
        """
        view, keys = self._take(stamp, image, camera, pose)
        moved = max((_distance(key, view) for key in keys), default=0.0)
        if moved < BASELINE:
            raise UnsupportedFitError(f'the camera moved {moved:.3f} m, {BASELINE:g} m are needed')
        keys = [key for key in keys if _distance(key, view) >= BASELINE and _turn(key, view) <= _TURN]
        found = _points_of(view, keys[:: -(-len(keys) // _COMPARED)] if keys else [])
        if len(found) < _FEWEST:
            raise UnsupportedFitError(f'{len(found)} corners with parallax were found again, {_FEWEST} needed')
        return found

    def remember(self, stamp: int, image: np.ndarray, camera: Camera, pose: np.ndarray) -> None:
        """Take an image as :meth:`points` does, to look back at."""
        self._take(stamp, image, camera, pose)

    def _take(self, stamp: int, image: np.ndarray, camera: Camera, pose: np.ndarray) -> tuple[_View, list[_View]]:
        """Return the view, and those before it."""
        view = _View(stamp, *_reduced(image, camera), pose)
        self._forget(view)
        keys = list(self._keys)
        if not keys or _distance(keys[-1], view) >= BASELINE or _turn(keys[-1], view) >= _TURN / 3:
            self._keys.append(view)
        return view, keys

    def _forget(self, view: _View) -> None:
        """Drop views that are too old, of another camera, or from before the time went back."""
        while self._keys and not (
            0 < view.stamp - self._keys[0].stamp <= LONGEST and self._keys[0].camera == view.camera
        ):
            self._keys.popleft()


def _points_of(view: _View, keys: list[_View]) -> np.ndarray:
    """Return the points of a view's corners (N, 3), each from the key to which it has the largest parallax."""
    corners = find_corners(view.image)
    points, largest = np.full((len(corners), 3), np.nan), np.zeros(len(corners))
    for key in keys:
        motion = np.linalg.inv(view.pose) @ key.pose
        # Where the corners would be if they were far away.
        guess = pixels_of(rays_of(corners, view.camera) @ motion[:3, :3], key.camera)
        moved, found = follow_corners(view.image, key.image, corners, guess)
        placed, parallax, off = triangulate(moved, corners, view.camera, motion)
        with np.errstate(invalid='ignore'):
            better = found & (off <= _OFF) & (parallax > largest) & np.isfinite(placed[:, 2])
        points[better], largest[better] = placed[better], parallax[better]
    usable: np.ndarray = points[largest >= max(PARALLAX, _FEWEST_PIXELS / view.camera.fx)]
    return usable


def _distance(one: _View, other: _View) -> float:
    """Return the distance between two views in metres."""
    return float(np.linalg.norm(one.pose[:3, 3] - other.pose[:3, 3]))


def _turn(one: _View, other: _View) -> float:
    """Return the rotation between two views in radians."""
    cosine = (np.trace(one.pose[:3, :3].T @ other.pose[:3, :3]) - 1) / 2
    return math.acos(min(1.0, max(-1.0, cosine)))


def _reduced(image: np.ndarray, camera: Camera) -> tuple[np.ndarray, Camera]:
    share = _WIDEST / camera.width
    if share >= 1:
        return image.copy(), camera
    small = camera.resized(_WIDEST, round(share * camera.height))
    return cv2.resize(image, (small.width, small.height), interpolation=cv2.INTER_AREA), small
