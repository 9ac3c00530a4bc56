# SPDX-License-Identifier: Apache-2.0
"""A camera that moves in front of a picture on a wall."""

from functools import cache

import cv2
import numpy as np
from stereo_recordings import wall

from optidepthnet_ros.geometry.camera import Camera

CAMERA = Camera(320, 192, 250.0, 250.0, 159.5, 95.5)
DISTANCE = 2.0  # metres to the wall
_PICTURE = Camera(1280, 768, 250.0, 250.0, 639.5, 383.5)  # a camera with a wider view, which sees all of the picture


def seen_from(x, yaw=0.0, forward=0.0):
    """Return the camera's image, uint8 gray, and its pose, (4, 4), after a motion to the right and forward.

    :param yaw: radians to the right
    """
    pose = np.eye(4)
    pose[:3, :3] = cv2.Rodrigues(np.array([0.0, yaw, 0.0]))[0]
    pose[:3, 3] = x, 0, forward
    plane = np.array([0, 0, 1 / DISTANCE])  # the wall in the fixed frame: plane @ point = 1
    # A point on the wall in the camera frame: R^T (point - position).
    to_camera = pose[:3, :3].T @ (np.eye(3) - np.outer(pose[:3, 3], plane))
    homography = _matrix(CAMERA) @ to_camera @ np.linalg.inv(_matrix(_PICTURE))
    return cv2.warpPerspective(_picture(), homography, (CAMERA.width, CAMERA.height)), pose


@cache
def _picture():
    return np.vstack([np.hstack([wall(4 * row + column)[0] for column in range(4)]) for row in range(4)])


def _matrix(camera):
    return np.array([[camera.fx, 0, camera.cx], [0, camera.fy, camera.cy], [0, 0, 1]])
