# SPDX-License-Identifier: Apache-2.0
"""The form in which every kind of depth recording is read: images of one rectified camera, and depth for each."""

from abc import abstractmethod

import cv2
import numpy as np

from optidepthnet_ros.geometry.camera import Camera
from optidepthnet_ros.recordings.scene import DataError, Scene, StereoScene

MEASURED, RENDERED, TEACHER = 'measured', 'rendered', 'teacher'


class DepthScene(Scene):
    """Images with depth. Attributes in addition to those of a scene: ``camera`` of the images, ``source`` of the depth.

    The source is ``measured`` (by an RGB-D camera or lidar), ``rendered`` (exact), or ``teacher`` (predicted by a
    network).
    """

    camera: Camera
    source: str

    @abstractmethod
    def read(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        """Return an image and its depth, which may be smaller, but has the same field of view.

        :return: uint8 (H, W, 3) BGR or (H, W) gray, of the size of ``camera``; float32 (h, w) metres along the optical
            axis, NaN where unknown, +inf where a renderer hit nothing within its range
        :raises DataError: the frame cannot be read
        """


AnyScene = StereoScene | DepthScene


def knows_depth(scene: AnyScene) -> bool:
    """Whether depth was recorded with a scene; looks at three frames of it.

    :raises DataError: it cannot be read
    """
    count = len(scene)
    return isinstance(scene, DepthScene) or any(scene.left_depth(index) for index in (0, count // 2, count - 1))


def at_image_size(depth: np.ndarray, camera: Camera) -> np.ndarray:
    """Return depth (h, w) at the size of the camera's images; nearest pixel, as means would belong to no surface."""
    size = (camera.width, camera.height)
    return depth if depth.shape == size[::-1] else cv2.resize(depth, size, interpolation=cv2.INTER_NEAREST)


def check_depth_size(depth: np.ndarray, camera: Camera, where: str) -> None:
    """Refuse depth whose shape differs from that of the image: it cannot have the same field of view.

    :param depth: (h, w)
    :param where: what to name in the message
    :raises DataError: the shapes differ by a pixel or more
    """
    height, width = depth.shape
    rows, columns = camera.height * width / camera.width, camera.width * height / camera.height
    if abs(rows - height) >= 1 and abs(columns - width) >= 1:
        raise DataError(
            f'{where}: the depth is {width}x{height}, but the image is {camera.width}x{camera.height}: '
            'give depth aligned to the image, with the same field of view'
        )
