# SPDX-License-Identifier: Apache-2.0
"""From an image and its camera to metric depth."""

from optidepthnet_ros.inference.estimator import DepthEstimate, DepthEstimator

__all__ = ['DepthEstimate', 'DepthEstimator']
