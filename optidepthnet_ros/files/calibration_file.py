# SPDX-License-Identifier: Apache-2.0
"""Reads the YAML calibration files that ROS's camera_calibration writes."""

from pathlib import Path

from optidepthnet_ros.files.yaml_file import read_yaml
from optidepthnet_ros.geometry.camera import CalibrationError, Camera, StereoRig


def read_camera(path: str | Path) -> Camera:
    """Read the rectified camera (projection matrix) of one calibration file.

    :raises CalibrationError: the file is missing, not a calibration, or has no focal length; the message names it
    """
    content = _read(path)
    try:
        return Camera.from_projection(*content)
    except CalibrationError as error:
        raise CalibrationError(f'{path}: {error}') from None


def read_stereo_rig(left: str | Path, right: str | Path) -> StereoRig:
    """Read a rectified stereo rig from its two calibration files.

    :raises CalibrationError: as :func:`read_camera`, or the two files do not form a rig
    """
    (width, height, left_projection), (*right_size, right_projection) = _read(left), _read(right)
    if right_size != [width, height]:
        raise CalibrationError(
            f'{right}: the image size {right_size[0]}x{right_size[1]} is not the '
            f'{width}x{height} of {left}: rectify both to the same size'
        )
    try:
        return StereoRig.from_projections(width, height, left_projection, right_projection)
    except CalibrationError as error:
        raise CalibrationError(f'{right}: {error}') from None


def _read(path: str | Path) -> tuple[int, int, list[float]]:
    """Return image width, height and projection matrix."""
    try:
        content = read_yaml(Path(path))
        width, height = int(content['image_width']), int(content['image_height'])
        return width, height, [float(value) for value in content['projection_matrix']['data']]
    except OSError as error:
        raise CalibrationError(
            f'{path}: cannot be read ({error.strerror}): give a calibration file written by camera_calibration'
        ) from None
    except (KeyError, OverflowError, TypeError, ValueError) as error:
        raise CalibrationError(
            f'{path}: not a ROS camera calibration ({type(error).__name__}: {error}): '
            'it needs image_width, image_height and projection_matrix.data'
        ) from None
