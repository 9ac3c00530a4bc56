"""Flip post-processing: also look at the mirrored image, and blend. Twice the time, less error at the borders."""

from dataclasses import replace

import numpy as np

from optidepthnet_ros.camera import Camera
from optidepthnet_ros.depth import depth_from_disparity
from optidepthnet_ros.inference.estimator import DepthEstimate, DepthEstimator

_BORDER = 0.05  # of the width: here only one of the two counts, and over as much again the blend goes to halves


def estimate_with_flip(estimator: DepthEstimator, image: np.ndarray, camera: Camera) -> DepthEstimate:
    """Estimate as :meth:`DepthEstimator.estimate` does, from the image and its mirror image.

    A stereo-trained network cannot know what only the left camera sees, at the left border and left of near things;
    in the mirrored image those are on the right. Godard et al., CVPR 2017, section 4: the mean of both disparities,
    but the mirror's alone on the left 5 %, the plain one's alone on the right 5 %.

    :raises ValueError: as :meth:`DepthEstimator.estimate`
    """
    plain = estimator.estimate(image, camera)
    mirror = estimator.estimate(np.ascontiguousarray(image[:, ::-1]), replace(camera, cx=camera.width - 1 - camera.cx))
    view = plain.view
    position = (np.arange(camera.width) - view.x) / (view.width - 1)
    disparity = blend(plain.disparity, mirror.disparity[:, ::-1], position.astype(np.float32))
    depth = depth_from_disparity(disparity, estimator.checkpoint.provenance.baseline, view.camera)
    return replace(plain, depth=depth, disparity=disparity)


def blend(plain: np.ndarray, mirror: np.ndarray, position: np.ndarray) -> np.ndarray:
    """Blend two disparity maps of one image.

    :param plain: (H, W)
    :param mirror: (H, W), of the mirrored image and mirrored back
    :param position: (W,) of each column, 0 at the left border and 1 at the right
    """
    left = 1 - np.clip((position - _BORDER) / _BORDER, 0, 1)
    right = 1 - np.clip((1 - position - _BORDER) / _BORDER, 0, 1)
    share = (1 + right - left) / 2
    return share * plain + (1 - share) * mirror
