# SPDX-License-Identifier: Apache-2.0
"""Reads the calibration of KITTI's raw recordings: calib_cam_to_cam.txt and calib_velo_to_cam.txt."""

from pathlib import Path

import numpy as np

from optidepthnet_ros.geometry.camera import CalibrationError, StereoRig

CAM_TO_CAM, VELO_TO_CAM = 'calib_cam_to_cam.txt', 'calib_velo_to_cam.txt'
LEFT, RIGHT = 2, 3  # KITTI's numbers of the two colour cameras


def read_colour_rig(path: str | Path) -> StereoRig:
    """Read the rectified colour cameras, 02 and 03, as :func:`read_rig` does."""
    return read_rig(path, LEFT, RIGHT)


def read_rig(path: str | Path, left_camera: int, right_camera: int) -> StereoRig:
    """Read two rectified cameras from calib_cam_to_cam.txt, by KITTI's numbers: 0 and 1 are gray, 2 and 3 colour.

    :raises CalibrationError: the file is missing, lacks an entry or does not form a rig; the message names it
    """
    entries = _read(path)
    width, height = (int(value) for value in _entry(entries, path, f'S_rect_{left_camera:02}', 2))
    left, right = (_entry(entries, path, f'P_rect_{camera:02}', 12) for camera in (left_camera, right_camera))
    try:
        return StereoRig.from_projections(width, height, left, right)
    except CalibrationError as error:
        raise CalibrationError(f'{path}: {error}') from None


def read_velodyne_projection(folder: str | Path, camera: int = LEFT) -> np.ndarray:
    """Read the projection of homogeneous laser scanner points into a rectified colour image.

    :param folder: has both calibration files, like the folder of a recording day
    :return: (3, 4) float64, P_rect R_rect_00 T: rows are u z, v z and z (metres), pixels counted from 1
    :raises CalibrationError: as :func:`read_rig`
    """
    path = Path(folder, CAM_TO_CAM)
    cameras, laser = _read(path), _read(Path(folder, VELO_TO_CAM))
    rectification, transform = np.eye(4), np.eye(4)
    rectification[:3, :3] = _entry(cameras, path, 'R_rect_00', 9).reshape(3, 3)
    transform[:3, :3] = _entry(laser, Path(folder, VELO_TO_CAM), 'R', 9).reshape(3, 3)
    transform[:3, 3] = _entry(laser, Path(folder, VELO_TO_CAM), 'T', 3)
    return _entry(cameras, path, f'P_rect_{camera:02}', 12).reshape(3, 4) @ rectification @ transform


def _read(path: str | Path) -> dict[str, str]:
    """Return the `name: values` lines."""
    try:
        lines = Path(path).read_text().splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else 'it is not a text file'
        raise CalibrationError(
            f'{path}: cannot be read ({reason}): it comes with the calibration of each recording day of KITTI'
        ) from None
    entries = (line.split(':', 1) for line in lines if ':' in line)
    return {name.strip(): values.strip() for name, values in entries}


def _entry(entries: dict[str, str], path: str | Path, name: str, size: int) -> np.ndarray:
    try:
        values = np.array(entries[name].split(), np.float64)
    except KeyError:
        raise CalibrationError(f'{path}: lacks {name}: give the original file of KITTI') from None
    except ValueError:
        raise CalibrationError(f"{path}: {name} is '{entries[name]}', not {size} numbers") from None
    if values.size != size or not np.isfinite(values).all():
        raise CalibrationError(f"{path}: {name} is '{entries[name]}', not {size} finite numbers")
    return values
