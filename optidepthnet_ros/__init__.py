"""Metric depth from one camera for ROS 2, with OptiDepthNet.

    from optidepthnet_ros import Camera, DepthEstimator

    estimate = DepthEstimator.from_file(checkpoint).estimate(image, Camera(width, height, fx, fy, cx, cy))

To import the package costs nothing: torch is loaded with the first use of ``DepthEstimator``.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from optidepthnet_ros.geometry.camera import Camera
    from optidepthnet_ros.inference import DepthEstimate, DepthEstimator
else:
    from importlib import import_module

    _MODULES = {
        'Camera': 'optidepthnet_ros.geometry.camera',
        'DepthEstimate': 'optidepthnet_ros.inference',
        'DepthEstimator': 'optidepthnet_ros.inference',
    }

    def __getattr__(name):
        if name not in _MODULES:
            raise AttributeError(f'module {__name__!r} has no attribute {name!r}')
        return getattr(import_module(_MODULES[name]), name)

    def __dir__():
        return sorted({*globals(), *__all__})


__all__ = ['Camera', 'DepthEstimate', 'DepthEstimator']
