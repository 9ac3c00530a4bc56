"""Reads a rigid transform between two sensors, as YAML."""

from pathlib import Path

import numpy as np

from optidepthnet_ros.files.yaml_file import read_yaml


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
        translation = np.array(content['translation'], np.float64).reshape(3)
        x, y, z, w = np.array(content['rotation'], np.float64).reshape(4)
    except OSError as error:
        raise TransformError(f'{path}: cannot be read ({error.strerror}): {_NEEDS}') from None
    except (KeyError, OverflowError, TypeError, ValueError) as error:
        raise TransformError(f'{path}: no transform ({type(error).__name__}: {error}): {_NEEDS}') from None
    if not abs(x * x + y * y + z * z + w * w - 1) < 0.01:
        raise TransformError(f'{path}: rotation is {content["rotation"]}, not of length 1: {_NEEDS}')
    transform = np.eye(4)
    transform[:3, :3] = (
        (1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)),
        (2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)),
        (2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)),
    )
    transform[:3, 3] = translation
    return transform
