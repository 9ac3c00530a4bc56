# SPDX-License-Identifier: Apache-2.0
"""Flip post-processing: blends in the result of the mirrored image. Twice the time, less error at the borders."""

from dataclasses import replace

import numpy as np

from optidepthnet_ros.geometry.camera import Camera
from optidepthnet_ros.geometry.depth import depth_from_disparity
from optidepthnet_ros.imaging.flip_blend import blend
from optidepthnet_ros.inference.estimator import DepthEstimate, DepthEstimator


def estimate_with_flip(estimator: DepthEstimator, image: np.ndarray, camera: Camera) -> DepthEstimate:
    """Estimate as :meth:`DepthEstimator.estimate` does, from the image and its mirror image.

    A stereo-trained network cannot know what only the left camera sees, at the left border and left of near objects;
    in the mirrored image these places are on the right. The result is the mean of both disparities, but only the
    mirrored one on the left 5 %, and only the plain one on the right 5 % (Godard et al., CVPR 2017, section 4).

    :raises ValueError: as :meth:`DepthEstimator.estimate`
    """
    plain = estimator.estimate(image, camera)
    mirror = estimator.estimate(np.ascontiguousarray(image[:, ::-1]), replace(camera, cx=camera.width - 1 - camera.cx))
    view = plain.view
    columns = view.columns
    position = (np.arange(camera.width) - columns.start) / (columns.stop - columns.start - 1)
    disparity = blend(plain.disparity, mirror.disparity[:, ::-1], position.astype(np.float32))
    depth = depth_from_disparity(disparity, view.unit)
    return replace(plain, depth=depth)
