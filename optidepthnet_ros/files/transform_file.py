# SPDX-License-Identifier: Apache-2.0
"""Reads a rigid transform between two sensors from YAML."""

from pathlib import Path

import numpy as np

from optidepthnet_ros.files.yaml_file import read_yaml
from optidepthnet_ros.geometry.rigid import rigid_transform


class TransformError(ValueError):
    """A transform cannot be used; the message names the file and what it needs."""


_NEEDS = 'it needs translation: [x, y, z] in metres and rotation: [x, y, z, w], a quaternion'


def read_transform(path: Path) -> np.ndarray:
    """Read the transform from one frame to another, in tf2's form: ``translation`` and ``rotation``.

    :return: (4, 4) float64, takes points of one frame to the other
    :raises TransformError: missing, or not a transform
    """
    try:
        content = read_yaml(path)
        return rigid_transform(content['translation'], content['rotation'])
    except OSError as error:
        raise TransformError(f'{path}: cannot be read ({error.strerror}): {_NEEDS}') from None
    except (KeyError, OverflowError, TypeError, ValueError) as error:
        raise TransformError(f'{path}: not a transform ({type(error).__name__}: {error}): {_NEEDS}') from None
