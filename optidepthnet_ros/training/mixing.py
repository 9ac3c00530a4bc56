# SPDX-License-Identifier: Apache-2.0
"""Puts near objects of one pair into another: cars and poles in places where no recording has them."""

import cv2
import numpy as np

from optidepthnet_ros.geometry.camera import StereoRig
from optidepthnet_ros.training.augmentation import Sample

NEARER = 1.25  # times the inverse depth
CLEARLY = 1 / 30  # 1/m: objects farther than 30 m are not moved
ALIKE = 0.02  # relative
SMALLEST = 3  # pixels, of a moved object


def alike(one: StereoRig, other: StereoRig) -> bool:
    """Whether two rigs see a point in the same place at the same disparity, within two percent."""
    return all(abs(a / b - 1) < ALIKE for a, b in zip(_shape(one), _shape(other), strict=True))


def _shape(rig: StereoRig) -> tuple[float, float, float]:
    camera = rig.camera
    return camera.fx / camera.width, camera.fy / camera.height, rig.baseline


def mixed(sample: Sample, other: Sample) -> Sample:
    """Show at each point of both views the nearer one of two pairs, as if both were in one place.

    The cameras must be alike and mounted alike, so that the ground coincides. Each pixel keeps the proxy of the pair
    that it comes from, so that no proxy is wrong, whatever is cut out; depth that was recorded with one of them is left
    out. After DepthMix (Hoyer et al., CVPR 2021), which did this for segmentation.

    :param sample: and ``other``: stereo pairs of the same size, already cut
    """
    left, left_proxy = _mixed(sample.left, sample.left_proxy, other.left, other.left_proxy)
    right, right_proxy = _mixed(sample.right, sample.right_proxy, other.right, other.right_proxy)
    return Sample(left, right, left_proxy, right_proxy)


def _mixed(
    image: np.ndarray | None, proxy: np.ndarray | None, other_image: np.ndarray | None, other_proxy: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray]:
    assert image is not None and proxy is not None and other_image is not None and other_proxy is not None
    nearer = (other_proxy > NEARER * proxy) & (other_proxy > proxy + CLEARLY)  # unknown is not
    small, large = (cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)) for size in (SMALLEST, 3 * SMALLEST))
    things = cv2.morphologyEx(nearer.astype(np.uint8), cv2.MORPH_OPEN, small)
    things = cv2.morphologyEx(things, cv2.MORPH_CLOSE, large).astype(bool)
    return np.where(things, other_image, image), np.where(things, other_proxy, proxy)
