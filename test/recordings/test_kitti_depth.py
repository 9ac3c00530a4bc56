# SPDX-License-Identifier: Apache-2.0
"""Depth of KITTI's raw drives: the depth benchmark's pictures, in the drive or elsewhere, and laser sweeps."""

import shutil

import cv2
import numpy as np
import pytest
from stereo_recordings import FOCAL, HEIGHT, WIDTH, wall, write_drive

from optidepthnet_ros.recordings.recognise import SceneOptions, open_scenes
from optidepthnet_ros.recordings.scene import DataError

DATE, DRIVE = '2011_09_26', '2011_09_26_drive_0001_sync'


@pytest.fixture
def drive(tmp_path):
    drive = tmp_path / DATE / DRIVE
    write_drive(drive, range(4))
    return drive


def write_annotated(drive, frames):
    for frame in frames:
        folder = drive / 'proj_depth' / 'groundtruth' / 'image_02'
        folder.mkdir(parents=True, exist_ok=True)
        depth = np.zeros((HEIGHT, WIDTH), np.uint16)
        depth[5, 7] = 256 * (frame + 1)
        cv2.imwrite(str(folder / f'{frame:010}.png'), depth)


def write_sweeps(drive, frames):
    """Write sweeps of one point, 10 m ahead of the left colour camera and on its axis."""
    (drive / 'velodyne_points' / 'data').mkdir(parents=True)
    for frame in frames:
        np.array([[10, 0, 0, 1]], np.float32).tofile(drive / 'velodyne_points' / 'data' / f'{frame:010}.bin')
    # Axes: the camera's x is the scanner's -y, its y is -z, its z is x. P_rect_02[3] / f is the left camera's offset.
    (drive.parent / 'calib_velo_to_cam.txt').write_text(f'R: 0 -1 0 0 0 -1 1 0 0\nT: {-15 / 250} 0 0\n')


@pytest.mark.parametrize('place', [f'{DATE}/{DRIVE}', f'train/{DRIVE}'])
def test_pairs_have_depth_from_the_depth_benchmark(tmp_path, drive, place):
    write_annotated(tmp_path / place, [1, 2])
    (scene,) = open_scenes(tmp_path)
    assert (scene.name, len(scene), scene.rig.camera.fx) == (DRIVE, 4, FOCAL)
    assert scene.left_depth(0) is None
    depth, source = scene.left_depth(2)
    assert (source, np.isfinite(depth).sum(), depth[5, 7]) == ('measured', 1, 3)


def test_pairs_without_benchmark_depth_have_laser_points(tmp_path, drive):
    write_sweeps(drive, [0, 1, 2, 3])
    (scene,) = open_scenes(tmp_path)
    depth, source = scene.left_depth(3)
    # KITTI counts pixels from 1.
    assert (source, np.isfinite(depth).sum(), depth[95, 159]) == ('measured', 1, 10)


@pytest.mark.parametrize('write', [write_annotated, write_sweeps])
def test_a_left_camera_alone_is_a_scene_with_depth(tmp_path, drive, write):
    shutil.rmtree(drive / 'image_03')
    write(drive, [1, 3])
    (scene,) = open_scenes(tmp_path)
    assert (scene.name, len(scene), scene.source, scene.camera.fx) == (DRIVE, 2, 'measured', FOCAL)
    image, depth = scene.read(1)
    np.testing.assert_array_equal(image, cv2.cvtColor(wall(3)[0], cv2.COLOR_GRAY2BGR))
    assert np.isfinite(depth).sum() == 1
    assert scene.describe(1).endswith('image_02/data/0000000003.png')
    (tmp_path / 'split.txt').write_text(f'{DATE}/{DRIVE} 1 l\n{DATE}/{DRIVE} 2 l\n')
    (scene,) = open_scenes(tmp_path, SceneOptions(split=tmp_path / 'split.txt'))
    assert [scene.describe(index)[-5:] for index in range(len(scene))] == ['1.png']


def test_gray_pairs_do_not_use_the_colour_cameras_depth(tmp_path):
    drive = tmp_path / DATE / DRIVE
    write_drive(drive, range(1), cameras=(0, 1))
    write_annotated(drive, [0])
    (scene,) = open_scenes(tmp_path)
    assert scene.left_depth(0) is None


def test_damaged_depth_is_named(tmp_path, drive):
    write_sweeps(drive, [0])
    (drive / 'velodyne_points' / 'data' / '0000000000.bin').write_bytes(b'123')
    (scene,) = open_scenes(tmp_path)
    with pytest.raises(DataError, match='0000000000.bin: has 3 bytes, not 16 for each point'):
        scene.left_depth(0)


def test_depth_without_images_is_refused_with_what_is_missing(tmp_path):
    write_annotated(tmp_path / 'train' / DRIVE, [0])
    with pytest.raises(DataError, match=f'depth of {DRIVE} and 0 other drives, but no images: give a folder that'):
        open_scenes(tmp_path)
