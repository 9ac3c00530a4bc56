# SPDX-License-Identifier: Apache-2.0
"""Laser points projected into the image, compared with values by hand and an implementation with plain loops."""

import math

import numpy as np
import pytest

from optidepthnet_ros.evaluation.ground_truth import GroundTruthError, VelodyneTruth
from optidepthnet_ros.files.kitti_calibration import read_velodyne_projection
from optidepthnet_ros.files.kitti_scan import project

WIDTH, HEIGHT = 120, 40
# The camera looks along the scanner's x axis, as on KITTI's car, but slightly turned; the right camera is 0.5 m away.
R_RECT = [[0.9998, -0.015, 0.01], [0.015, 0.9999, 0.002], [-0.01, -0.002, 0.9999]]
R, T = [[0.0075, -0.9999, -0.0006], [0.0148, 0.0007, -0.9999], [0.9998, 0.0075, 0.0148]], [-0.004, -0.076, -0.27]
P = {
    2: [[70.0, 0, 60.0, 4.5], [0, 70.0, 20.0, 0.2], [0, 0, 1, 0.003]],
    3: [[70.0, 0, 60.0, -30.5], [0, 70.0, 20.0, 0.2], [0, 0, 1, 0.003]],
}
FRAME = '0000000007'


@pytest.fixture
def points():
    return np.random.default_rng(5).uniform((-20, -15, -2, 0), (50, 15, 3, 1), (4000, 4)).astype(np.float32)


@pytest.fixture
def root(tmp_path, points):
    """Write a folder tree like KITTI's raw recordings, with one sweep."""

    def numbers(values):
        return ' '.join(f'{value:e}' for value in np.ravel(values))

    drive = tmp_path / '2011_09_26' / '2011_09_26_drive_0001_sync'
    drive.parent.mkdir()
    (drive.parent / 'calib_cam_to_cam.txt').write_text(
        f'calib_time: 09-Jan-2012 13:57:47\nR_rect_00: {numbers(R_RECT)}\nS_rect_02: {WIDTH} {HEIGHT}\n'
        f'P_rect_02: {numbers(P[2])}\nP_rect_03: {numbers(P[3])}\n'
    )
    (drive.parent / 'calib_velo_to_cam.txt').write_text(f'R: {numbers(R)}\nT: {numbers(T)}\n')
    for folder in ('velodyne_points/data', 'image_02/data', 'image_03/data'):
        (drive / folder).mkdir(parents=True)
    points.tofile(drive / 'velodyne_points' / 'data' / f'{FRAME}.bin')
    for camera in P:
        (drive / f'image_{camera:02}' / 'data' / f'{FRAME}.png').touch()
    return tmp_path


def test_points_projected_by_hand():
    """F = 10, centre (6, 4), camera axes x = -y, y = -z, z = x of the scanner; pixels are counted from 1."""
    projection = np.array([[10.0, 0, 6, 0], [0, 10, 4, 0], [0, 0, 1, 0]]) @ np.array(
        [[0, -1, 0, 0], [0, 0, -1, 0], [1, 0, 0, 0], [0, 0, 0, 1]]
    )
    points = np.array(
        [
            [10, 0, 0],  # u = 6, v = 4
            [20, 0.02, 0],  # behind it: u = 5.99
            [5, 1, 0.5],  # u = -1 / 5 * 10 + 6 = 4, v = 3
            [-5, 0, 0],  # behind the scanner
            [5, 2.51, 0],
        ]
    )  # u = 0.98, the first column
    depth = project(points, projection, 8, 6)
    expected = np.full((6, 8), np.nan)
    expected[3, 5], expected[2, 3], expected[3, 0] = 10, 5, 5
    np.testing.assert_array_equal(depth, expected)


@pytest.mark.parametrize('camera', [2, 3])
def test_projection_agrees_with_plain_loops(root, points, camera):
    depth = project(points[:, :3], read_velodyne_projection(root / '2011_09_26', camera), WIDTH, HEIGHT)
    expected = by_loops(points.tolist(), P[camera])
    assert 300 < len(expected) == np.count_nonzero(np.isfinite(depth))
    for (row, column), metres in expected.items():
        assert depth[row, column] == pytest.approx(metres, rel=1e-5)


def by_loops(points, p):
    """Return depth by pixel, computed one point at a time."""
    nearest = {}
    for x, y, z, _ in points:
        if x < 0:
            continue
        camera = [R[i][0] * x + R[i][1] * y + R[i][2] * z + T[i] for i in range(3)]
        rectified = [sum(R_RECT[i][j] * camera[j] for j in range(3)) for i in range(3)]
        u, v, w = (sum(p[i][j] * rectified[j] for j in range(3)) + p[i][3] for i in range(3))
        if w <= 0:
            continue
        column, row = math.floor(u / w + 0.5) - 1, math.floor(v / w + 0.5) - 1
        if 0 <= column < WIDTH and 0 <= row < HEIGHT:
            nearest[row, column] = min(w, nearest.get((row, column), math.inf))
    return nearest


def test_a_folder_of_sweeps_finds_calibration_and_images_in_kittis_tree(root):
    drive = root / '2011_09_26' / '2011_09_26_drive_0001_sync'
    truth = VelodyneTruth.of_folder(drive / 'velodyne_points' / 'data')
    assert truth.names == [FRAME] and truth.image(FRAME) == drive / 'image_02' / 'data' / f'{FRAME}.png'
    frame = truth.read(FRAME)
    assert frame.depth.shape == (HEIGHT, WIDTH) and frame.camera.fx == 70
    assert frame.baseline == pytest.approx(0.5)


def test_a_split_names_frames_of_many_drives_and_either_camera(root):
    split = root / 'split.txt'
    split.write_text('2011_09_26/2011_09_26_drive_0001_sync 7 r\n')
    truth = VelodyneTruth.of_split(root, split)
    name = f'2011_09_26_drive_0001_sync_{FRAME}'
    assert truth.names == [name] and truth.image(name).parent.parent.name == 'image_03'
    projection = read_velodyne_projection(root / '2011_09_26', 3)
    sweep = np.fromfile(next(root.rglob('*.bin')), np.float32).reshape(-1, 4)
    np.testing.assert_array_equal(truth.read(name).depth, project(sweep[:, :3], projection, WIDTH, HEIGHT))


def test_missing_or_damaged_files_are_named(root):
    split = root / 'split.txt'
    split.write_text('2011_09_26/2011_09_26_drive_0001_sync 8 l')
    with pytest.raises(GroundTruthError, match='0000000008.bin: no such sweep, but .*split.txt lists it'):
        VelodyneTruth.of_split(root, split)
    sweep = next(root.rglob('*.bin'))
    truth = VelodyneTruth.of_folder(sweep.parent)
    sweep.write_bytes(bytes(30))
    with pytest.raises(GroundTruthError, match='0000000007.bin: has 30 bytes, not 16 for each point'):
        truth.read(FRAME)
    np.array([[-5, 0, 0, 1]], np.float32).tofile(sweep)
    with pytest.raises(GroundTruthError, match='0000000007.bin: no point lies in the image'):
        truth.read(FRAME)
    (root / '2011_09_26' / 'calib_cam_to_cam.txt').unlink()
    with pytest.raises(GroundTruthError, match='no calib_cam_to_cam.txt in this folder or above it'):
        VelodyneTruth.of_folder(sweep.parent)
