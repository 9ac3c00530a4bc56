"""KITTI's raw recordings: drives found at any level, their calibration, split files."""

import cv2
import numpy as np
import pytest
from recordings import DISPARITY, wall

from optidepthnet_ros.camera import CalibrationError
from optidepthnet_ros.kitti_split import SplitError
from optidepthnet_ros.training.stereo_data.kitti_raw import find_drives, kitti_drives
from optidepthnet_ros.training.stereo_data.scene import DataError

DATE, DRIVE, OTHER = '2011_09_26', '2011_09_26_drive_0001_sync', '2011_09_26_drive_0002_sync'

# The layout and rounding of KITTI's file; P_rect_0x[3] is -fx times the distance from camera 0.
CALIBRATION = 'calib_time: 09-Jan-2012 13:57:47\ncorner_dist: 9.950000e-02\n' + ''.join(
    f'S_rect_0{camera}: 3.200000e+02 1.920000e+02\n'
    'R_rect_0{camera}: 1 0 0 0 1 0 0 0 1\n'
    f'P_rect_0{camera}: 2.500000e+02 0.000000e+00 1.600000e+02 {tx:e} 0.000000e+00 2.500000e+02 9.600000e+01 '
    '0.000000e+00 0.000000e+00 0.000000e+00 1.000000e+00 0.000000e+00\n'
    for camera, tx in enumerate((0.0, -134.25, 15.0, -118.175)))


def write_drive(drive, frames, cameras=(2, 3), suffix='.png'):
    for frame in frames:
        for camera, image in zip(cameras, wall(frame)):
            folder = drive / f'image_{camera:02}' / 'data'
            folder.mkdir(parents=True, exist_ok=True)
            cv2.imwrite(str(folder / f'{frame:010}{suffix}'), image)
    (drive.parent / 'calib_cam_to_cam.txt').write_text(CALIBRATION)


@pytest.fixture
def root(tmp_path):
    write_drive(tmp_path / DATE / DRIVE, range(3))
    write_drive(tmp_path / DATE / OTHER, range(2), cameras=(0, 1), suffix='.jpg')
    return tmp_path


@pytest.mark.parametrize('below, names', [('', [DRIVE, OTHER]), (DATE, [DRIVE, OTHER]), (f'{DATE}/{OTHER}', [OTHER])])
def test_drives_are_found_from_any_level(root, below, names):
    assert [drive.name for drive in find_drives(root / below)] == names


def test_colour_and_gray_cameras_have_their_own_baseline(root):
    colour, gray = kitti_drives(root)
    assert (colour.name, len(colour), gray.name, len(gray)) == (DRIVE, 3, OTHER, 2)
    assert colour.rig.baseline == pytest.approx((15 + 118.175) / 250)
    assert gray.rig.baseline == pytest.approx(0.537)
    assert colour.rig.camera.fx == 250


def test_pairs_are_read_in_order(root):
    colour, gray = kitti_drives(root)
    for index in range(3):
        for image, expected in zip(colour.read(index), wall(index)):
            np.testing.assert_array_equal(image, expected)
        assert colour.describe(index).endswith(f'{DRIVE}/image_02/data/{index:010}.png')
    left, right = gray.read(1)
    assert np.abs(left[:, DISPARITY:].astype(int) - right[:, :-DISPARITY]).mean() < 4  # JPEG


def test_a_drive_with_both_pairs_is_one_scene(root):
    """Or a drive that is held out would be seen in training through its other cameras."""
    write_drive(root / DATE / DRIVE, range(3), cameras=(0, 1))
    scene, = kitti_drives(root / DATE / DRIVE)
    assert scene.rig.baseline == pytest.approx(0.5327)
    assert any('left out' in note for note in scene.notes)


def test_a_split_file_chooses_frames(root, tmp_path):
    split = tmp_path / 'split.txt'
    split.write_text(f'{DATE}/{DRIVE} 2 l\n{DATE}/{DRIVE} 2 r\n{DATE}/{DRIVE} 0000000000 l\n\n{DATE}/{DRIVE} 77 l\n')
    scene, = kitti_drives(root, split)
    assert [scene.describe(index)[-14:] for index in range(len(scene))] == ['0000000000.png', '0000000002.png']
    assert '2 of 3 frames in the split file are here' in scene.notes


@pytest.mark.parametrize('content, error, message', [
    ('2011_09_29/elsewhere 0 l\n', DataError, 'split.txt: lists none of the 2 drives'),
    (f'{DATE}/{DRIVE} 50 l\n', DataError, f'{DRIVE}: none of the 1 frames in the split file'),
    (f'{DATE}/{DRIVE} 1 l\n{DATE}/{DRIVE} one l\n', SplitError, f"split.txt: line 2 is '{DATE}/{DRIVE} one l'"),
    (f'{DATE}/{DRIVE} 1\n', SplitError, 'line 1'),
    (f'{DATE}/{DRIVE} 1 left\n', SplitError, 'line 1'),
])
def test_split_files_that_choose_nothing_are_named(root, tmp_path, content, error, message):
    split = tmp_path / 'split.txt'
    split.write_text(content)
    with pytest.raises(error, match=message):
        kitti_drives(root, split)


def test_a_missing_calibration_is_named(root):
    (root / DATE / 'calib_cam_to_cam.txt').unlink()
    with pytest.raises(CalibrationError, match='calib_cam_to_cam.txt: cannot be read'):
        kitti_drives(root)
