# SPDX-License-Identifier: Apache-2.0
"""KITTI's calibration files, with the numbers of one of its recording days."""

import numpy as np
import pytest

from optidepthnet_ros.files.kitti_calibration import read_colour_rig, read_velodyne_projection
from optidepthnet_ros.geometry.camera import CalibrationError

CAM_TO_CAM = """calib_time: 09-Jan-2012 13:57:47
R_rect_00: 1 0 0 0 1 0 0 0 1
S_rect_02: 1.242000e+03 3.750000e+02
P_rect_02: 7.2e+02 0 6.1e+02 4.5e+01 0 7.2e+02 1.7e+02 2e-01 0 0 1 2e-03
P_rect_03: 7.2e+02 0 6.1e+02 -3.39e+02 0 7.2e+02 1.7e+02 2e+00 0 0 1 2e-03
"""
VELO_TO_CAM = """calib_time: 15-Mar-2012 11:37:16
R: 0 -1 0 0 0 -1 1 0 0
T: 0.5 -0.25 -0.125
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / 'calib_cam_to_cam.txt').write_text(CAM_TO_CAM)
    (tmp_path / 'calib_velo_to_cam.txt').write_text(VELO_TO_CAM)
    return tmp_path


def test_the_colour_cameras_are_read_as_a_rig(folder):
    rig = read_colour_rig(folder / 'calib_cam_to_cam.txt')
    assert (rig.camera.width, rig.camera.height, rig.camera.fx, rig.camera.cx) == (1242, 375, 720.0, 610.0)
    assert rig.baseline == pytest.approx((45 + 339) / 720)


def test_a_laser_point_projected_by_hand(folder):
    """Ten metres ahead, two to the left and one up is (-2 + 0.5, -1 - 0.25, 10 - 0.125) in the camera's frame."""
    u, v, z = read_velodyne_projection(folder) @ [10.0, 2.0, 1.0, 1.0]
    assert z == pytest.approx(9.875 + 0.002)
    assert u == pytest.approx(720 * -1.5 + 610 * 9.875 + 45)
    assert v == pytest.approx(720 * -1.25 + 170 * 9.875 + 0.2)


@pytest.mark.parametrize(
    'name, content, message',
    [
        ('calib_cam_to_cam.txt', CAM_TO_CAM.replace('P_rect_03', 'P_03'), 'calib_cam_to_cam.txt: lacks P_rect_03'),
        ('calib_cam_to_cam.txt', CAM_TO_CAM.replace('-3.39e+02', '3.39e+02'), 'calib_cam_to_cam.txt: baseline is -0.4'),
        ('calib_cam_to_cam.txt', CAM_TO_CAM.replace('3.750000e+02', ''), "S_rect_02 is '1.242000e[+]03', not 2 finite"),
        (
            'calib_velo_to_cam.txt',
            VELO_TO_CAM.replace('0.5', 'half'),
            "calib_velo_to_cam.txt: T is 'half -0.25 -0.125'",
        ),
    ],
)
def test_unusable_files_are_named(folder, name, content, message):
    (folder / name).write_text(content)
    with pytest.raises(CalibrationError, match=message):
        read_both(folder)


def read_both(folder):
    return read_colour_rig(folder / 'calib_cam_to_cam.txt'), read_velodyne_projection(folder)


def test_a_missing_file_is_named(folder):
    (folder / 'calib_velo_to_cam.txt').unlink()
    with pytest.raises(CalibrationError, match='calib_velo_to_cam.txt: cannot be read'):
        read_velodyne_projection(folder)
    assert np.isfinite(read_colour_rig(folder / 'calib_cam_to_cam.txt').baseline)
