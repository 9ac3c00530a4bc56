# SPDX-License-Identifier: Apache-2.0
"""Metric depth from one camera for ROS 2, with OptiDepthNet.

    from optidepthnet_ros import Camera, DepthEstimator, resolve_checkpoint

    estimator = DepthEstimator.from_file(resolve_checkpoint('dlite0_street'))
    metres = estimator.estimate(image, Camera(width, height, fx, fy, cx, cy)).depth

``read_camera`` reads a calibration file; ``draw_depth`` draws an image and its depth in one picture.

Importing the package is cheap. torch is loaded only when a network has to be built; models that OpenVINO compiled are
kept in the user's cache.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from optidepthnet_ros.geometry.camera import Camera
    from optidepthnet_ros.inference import DepthEstimate, DepthEstimator, draw_depth, read_camera, resolve_checkpoint
else:
    from importlib import import_module

    def __getattr__(name):
        if name not in __all__:
            raise AttributeError(f'module {__name__!r} has no attribute {name!r}')
        # A camera alone needs neither OpenCV nor a runtime.
        module = 'geometry.camera' if name == 'Camera' else 'inference'
        return getattr(import_module(f'{__name__}.{module}'), name)

    def __dir__():
        return sorted({*globals(), *__all__})


__all__ = ['Camera', 'DepthEstimate', 'DepthEstimator', 'draw_depth', 'read_camera', 'resolve_checkpoint']
