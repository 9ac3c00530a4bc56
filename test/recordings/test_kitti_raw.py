# SPDX-License-Identifier: Apache-2.0
"""KITTI's raw recordings: drives found at any level, their calibration, split files."""

import numpy as np
import pytest
from stereo_recordings import DISPARITY, wall, write_drive

from optidepthnet_ros.files.kitti_split import SplitError
from optidepthnet_ros.geometry.camera import CalibrationError
from optidepthnet_ros.recordings.kitti_raw import find_drives, kitti_drives
from optidepthnet_ros.recordings.scene import DataError

DATE, DRIVE, OTHER = '2011_09_26', '2011_09_26_drive_0001_sync', '2011_09_26_drive_0002_sync'


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
    """Otherwise training would see a held-out drive through its other cameras."""
    write_drive(root / DATE / DRIVE, range(3), cameras=(0, 1))
    (scene,) = kitti_drives(root / DATE / DRIVE)
    assert scene.rig.baseline == pytest.approx(0.5327)
    assert any('left out' in note for note in scene.notes)


def test_a_split_file_selects_frames(root, tmp_path):
    split = tmp_path / 'split.txt'
    split.write_text(f'{DATE}/{DRIVE} 2 l\n{DATE}/{DRIVE} 2 r\n{DATE}/{DRIVE} 0000000000 l\n\n{DATE}/{DRIVE} 77 l\n')
    (scene,) = kitti_drives(root, split)
    assert [scene.describe(index)[-14:] for index in range(len(scene))] == ['0000000000.png', '0000000002.png']
    assert '2 of 3 frames in the split file are here' in scene.notes


@pytest.mark.parametrize(
    'content, error, message',
    [
        ('2011_09_29/elsewhere 0 l\n', DataError, 'split.txt: lists none of the 2 drives'),
        (f'{DATE}/{DRIVE} 50 l\n', DataError, f'{DRIVE}: none of the 1 frames in the split file'),
        (f'{DATE}/{DRIVE} 1 l\n{DATE}/{DRIVE} one l\n', SplitError, f"split.txt: line 2 is '{DATE}/{DRIVE} one l'"),
        (f'{DATE}/{DRIVE} 1\n', SplitError, 'line 1'),
        (f'{DATE}/{DRIVE} 1 left\n', SplitError, 'line 1'),
    ],
)
def test_split_files_that_select_nothing_are_named(root, tmp_path, content, error, message):
    split = tmp_path / 'split.txt'
    split.write_text(content)
    with pytest.raises(error, match=message):
        kitti_drives(root, split)


def test_a_missing_calibration_is_named(root):
    (root / DATE / 'calib_cam_to_cam.txt').unlink()
    with pytest.raises(CalibrationError, match='calib_cam_to_cam.txt: cannot be read'):
        kitti_drives(root)
