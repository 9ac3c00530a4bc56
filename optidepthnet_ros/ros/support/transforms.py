# SPDX-License-Identifier: Apache-2.0
"""What takes points of one frame to another: from TF where tf2_ros is installed, or one that is given."""

from collections.abc import Sequence
from importlib import import_module
from typing import Any, Protocol

import numpy as np
from rclpy.node import Node
from rclpy.time import Time

from optidepthnet_ros.geometry.rigid import rigid_transform


class NoTransformError(ValueError):
    """A transform that is not known; the message says between which frames and why."""


class Transforms(Protocol):
    """Knows the transforms between frames."""

    def lookup(self, target: str, source: str, stamp: int) -> np.ndarray:
        """Return what takes points of ``source`` to ``target``, (4, 4) float64.

        :param stamp: nanoseconds
        :raises NoTransformError: it is not known
        """
        ...

    def destroy(self) -> None:
        """Take the subscriptions away."""
        ...


class StaticTransform:
    """One transform, whatever frames are asked for.

    :param values: x, y, z in metres, then x, y, z, w of a quaternion
    """

    def __init__(self, values: Sequence[float]):
        self._matrix = rigid_transform(values[:3], values[3:])

    def lookup(self, target: str, source: str, stamp: int) -> np.ndarray:
        return self._matrix

    def destroy(self) -> None:
        pass


class TfTransforms:
    """What /tf and /tf_static say.

    :param instead: what makes TF unnecessary, for the error
    :raises ValueError: tf2_ros is not installed
    """

    def __init__(self, node: Node, instead: str):
        try:
            tf2_ros: Any = import_module('tf2_ros')  # of a full ROS 2 alone; it is not among the wheels
        except ImportError:
            raise ValueError(f'tf2_ros is not installed, so TF cannot be used: install it, or {instead}') from None
        self._buffer: Any = tf2_ros.Buffer()
        self._listener: Any = tf2_ros.TransformListener(self._buffer, node, spin_thread=False)
        self._errors = tf2_ros.TransformException

    def lookup(self, target: str, source: str, stamp: int) -> np.ndarray:
        try:
            found = self._buffer.lookup_transform(target.lstrip('/'), source.lstrip('/'), Time(nanoseconds=stamp))
        except self._errors as error:
            raise NoTransformError(f'no transform from {source} to {target}: {error}') from None
        return matrix_of(found.transform)

    def destroy(self) -> None:
        self._listener.unregister()


def matrix_of(transform: Any) -> np.ndarray:
    """Return a geometry_msgs/Transform, or what has its fields, as (4, 4) float64."""
    t, r = transform.translation, transform.rotation
    return rigid_transform((t.x, t.y, t.z), (r.x, r.y, r.z, r.w))
