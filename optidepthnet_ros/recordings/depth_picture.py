# SPDX-License-Identifier: Apache-2.0
"""Depth as 16-bit pictures, with a YAML file beside them that defines their values."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from optidepthnet_ros.files.depth_file import DepthFileError, read_picture
from optidepthnet_ros.files.yaml_file import read_yaml
from optidepthnet_ros.geometry.camera import Camera
from optidepthnet_ros.recordings.depth_scene import MEASURED, RENDERED, TEACHER, check_depth_size
from optidepthnet_ros.recordings.scene import DataError

SOURCES = {'rgb-d camera': MEASURED, 'lidar': MEASURED, 'measured': MEASURED, 'rendered': RENDERED, 'teacher': TEACHER}


@dataclass(frozen=True)
class DepthPictures:
    """How the pictures of a folder encode depth.

    :param metres_per_unit: metres per unit of their uint16 values
    :param source: as in :class:`~optidepthnet_ros.recordings.depth_scene.DepthScene`. In measured depth, 0 is unknown.
        A renderer knows every pixel: there 0 means that nothing was hit within its range
    """

    metres_per_unit: float
    source: str

    def read(self, path: Path, camera: Camera) -> np.ndarray:
        """Read one picture: float32 (h, w) metres, as :meth:`DepthScene.read` returns it.

        :param camera: camera of the image that the depth belongs to
        :raises DataError: unreadable, or not of the shape of the image
        """
        try:
            depth = read_picture(path, self.metres_per_unit)
        except DepthFileError as error:
            raise DataError(str(error)) from None
        check_depth_size(depth, camera, str(path))
        return np.where(np.isnan(depth), np.float32(np.inf), depth) if self.source == RENDERED else depth


def read_description(path: Path) -> DepthPictures:
    """Read depth.yaml: ``metres_per_unit`` and ``source``, one of ``SOURCES``.

    :raises DataError: the file or one of these is missing; the message names it
    """
    needs = f'it needs metres_per_unit, such as 0.001 for millimetres, and source: {", ".join(SOURCES)}'
    try:
        content = read_yaml(path)
        metres_per_unit, source = float(content['metres_per_unit']), str(content['source'])
    except OSError as error:
        raise DataError(f'{path}: cannot be read ({error.strerror}): {needs}') from None
    except (KeyError, OverflowError, TypeError, ValueError) as error:
        raise DataError(f'{path}: does not say what depth means ({type(error).__name__}: {error}): {needs}') from None
    if not 0 < metres_per_unit < np.inf:
        raise DataError(f'{path}: metres_per_unit is {metres_per_unit}, but must be positive')
    if source not in SOURCES:
        raise DataError(f"{path}: source is '{source}', but must be one of {', '.join(SOURCES)}")
    return DepthPictures(metres_per_unit, SOURCES[source])
