# SPDX-License-Identifier: Apache-2.0
"""Reads a rigid transform between two sensors, as YAML."""

from pathlib import Path

import numpy as np

from optidepthnet_ros.files.yaml_file import read_yaml
from optidepthnet_ros.geometry.rigid import rigid_transform


class TransformError(ValueError):
    """A transform that cannot be used; the message names the file and what it needs."""


_NEEDS = 'it needs translation: [x, y, z] in metres and rotation: [x, y, z, w], a quaternion'


def read_transform(path: Path) -> np.ndarray:
    """Read what takes points of one frame to another, as tf2 writes it: ``translation`` and ``rotation``.

    :return: (4, 4) float64
    :raises TransformError: missing, or no transform
    """
    try:
        content = read_yaml(path)
        return rigid_transform(content['translation'], content['rotation'])
    except OSError as error:
        raise TransformError(f'{path}: cannot be read ({error.strerror}): {_NEEDS}') from None
    except (KeyError, OverflowError, TypeError, ValueError) as error:
        raise TransformError(f'{path}: no transform ({type(error).__name__}: {error}): {_NEEDS}') from None
