# SPDX-License-Identifier: Apache-2.0
"""Transforms between frames: from TF if tf2_ros is installed, or one given transform."""

from collections.abc import Sequence
from importlib import import_module
from typing import Any, Protocol

import numpy as np
from rclpy.node import Node
from rclpy.time import Time

from optidepthnet_ros.geometry.rigid import rigid_transform


class NoTransformError(ValueError):
    """A transform that is not available; the message names the frames and the reason."""


class Transforms(Protocol):
    """Provides the transforms between frames."""

    def lookup(self, target: str, source: str, stamp: int) -> np.ndarray:
        """Return the transform of points from ``source`` to ``target``, (4, 4) float64.

        :param stamp: nanoseconds
        :raises NoTransformError: it is not available
        """
        ...

    def destroy(self) -> None:
        """Destroy the subscriptions."""
        ...


class StaticTransform:
    """One transform, used for any frames.

    :param values: x, y, z in metres, then x, y, z, w of a quaternion
    """

    def __init__(self, values: Sequence[float]):
        self._matrix = rigid_transform(values[:3], values[3:])

    def lookup(self, target: str, source: str, stamp: int) -> np.ndarray:
        return self._matrix

    def destroy(self) -> None:
        pass


class TfTransforms:
    """Transforms from /tf and /tf_static.

    :param instead: an alternative to TF, for the error message
    :raises ValueError: tf2_ros is not installed
    """

    def __init__(self, node: Node, instead: str):
        try:
            tf2_ros: Any = import_module('tf2_ros')  # only in a full ROS 2; there is no wheel of it
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
    """Return a geometry_msgs/Transform, or an object with its fields, as (4, 4) float64."""
    t, r = transform.translation, transform.rotation
    return rigid_transform((t.x, t.y, t.z), (r.x, r.y, r.z, r.w))
