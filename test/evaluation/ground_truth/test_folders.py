# SPDX-License-Identifier: Apache-2.0
"""Ground truth in folders: disparity, depth pictures and depth files are converted to metres, or refused by name."""

import cv2
import numpy as np
import pytest

from optidepthnet_ros.evaluation.ground_truth import KINDS, GroundTruthError, recognise
from optidepthnet_ros.geometry.camera import Camera

CAMERA = Camera(4, 2, 100.0, 100.0, 1.5, 0.5)


def write_picture(path, values):
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), (np.asarray(values) * 256).astype(np.uint16))


def kitti_picture(values):
    """Return a picture with a KITTI width and these values at its upper left, none elsewhere."""
    picture = np.zeros((3, 1242))
    picture[0, : len(values)] = values
    return picture


def test_disparity_becomes_metres_with_the_camera_of_its_width(tmp_path):
    write_picture(tmp_path / 'disp_noc_0' / '000001_10.png', kitti_picture([1.0, 50.5]))
    truth = KINDS['kitti2015'](tmp_path / 'disp_noc_0')
    assert truth.names == ['000001_10'] and truth.image('000001_10') is None
    frame = truth.read('000001_10')
    assert frame.depth[0, :2] == pytest.approx([0.5372 * 721.5377, 0.5372 * 721.5377 / 50.5])
    assert np.count_nonzero(np.isfinite(frame.depth)) == 2
    assert frame.disparity_scale == pytest.approx(0.5372 * 721.5377)


def test_images_are_found_beside_kittis_disparity(tmp_path):
    write_picture(tmp_path / 'disp_noc_0' / '000001_10.png', kitti_picture([1.0]))
    write_picture(tmp_path / 'image_2' / '000001_10.png', kitti_picture([1.0]))
    assert KINDS['kitti2015'](tmp_path / 'disp_noc_0').image('000001_10') == tmp_path / 'image_2' / '000001_10.png'


def test_disparity_of_another_rig_becomes_metres_with_its_camera(tmp_path):
    write_picture(tmp_path / 'a.png', [[2.0, 0, 0, 4.0], [0] * 4])
    frame = KINDS['kitti2015'](tmp_path, camera=CAMERA, baseline=0.2).read('a')
    np.testing.assert_allclose(frame.depth, [[10, np.nan, np.nan, 5], [np.nan] * 4])


def test_depth_pictures_are_metres(tmp_path):
    write_picture(tmp_path / '0000000005.png', kitti_picture([12.5]))
    frame = KINDS['kitti-depth'](tmp_path).read('0000000005')
    assert frame.depth[0, 0] == 12.5 and np.isnan(frame.depth[0, 1])
    assert frame.camera.fx == 721.5377 and frame.disparity_scale is None


def test_depth_pictures_of_another_width_have_the_given_camera_or_none(tmp_path):
    write_picture(tmp_path / 'a.png', np.ones((2, 4)))
    assert KINDS['kitti-depth'](tmp_path).read('a').camera is None
    assert KINDS['kitti-depth'](tmp_path, camera=CAMERA, baseline=0.5).read('a').disparity_scale == 50


def test_only_positive_finite_values_of_depth_files_are_known(tmp_path):
    np.save(tmp_path / 'b.npy', np.array([[1.0, np.nan, np.inf, 0.0], [-1.0, -np.inf, 2.0, 80.5]]))
    cv2.imwrite(str(tmp_path / 'a.pfm'), np.full((2, 4), 7.0, np.float32))
    truth = KINDS['depth'](tmp_path)
    assert truth.names == ['a', 'b']
    np.testing.assert_array_equal(truth.read('a').depth, np.full((2, 4), 7.0))
    nan = np.nan
    np.testing.assert_array_equal(truth.read('b').depth, [[1, nan, nan, nan], [nan, nan, 2, 80.5]])


@pytest.mark.parametrize(
    'kind, values, options, message',
    [
        (
            'kitti2015',
            np.ones((2, 640)),
            {},
            'a.png: 640 is not a KITTI image width .*: give the calibration with --camera',
        ),
        ('kitti2015', np.ones((2, 4)), {'camera': CAMERA}, 'also needs the baseline of this camera'),
        ('kitti2015', np.zeros((2, 1242)), {}, 'a.png: no pixel has a ground truth'),
        ('kitti-depth', np.zeros((2, 1242)), {}, 'a.png: no pixel has a ground truth'),
        ('kitti-depth', np.ones((3, 4)), {'camera': CAMERA}, 'a.png: the ground truth is 4x3, but the camera is 4x2'),
        ('depth', np.ones((2, 4)), {}, 'no .npy or .pfm ground truth in this folder'),
    ],
)
def test_unusable_truth_is_named(tmp_path, kind, values, options, message):
    write_picture(tmp_path / 'a.png', values)
    with pytest.raises(GroundTruthError, match=message):
        KINDS[kind](tmp_path, **options).read('a')


@pytest.mark.parametrize(
    'path, kind',
    [
        ('disp_occ_0/a.png', 'kitti2015'),
        ('groundtruth/image_02/a.png', 'kitti-depth'),
        ('data/a.bin', 'velodyne'),
        ('depth/a.npy', 'depth'),
        ('depth/a.pfm', 'depth'),
    ],
)
def test_kinds_are_recognised(tmp_path, path, kind):
    (tmp_path / path).parent.mkdir(parents=True)
    (tmp_path / path).touch()
    assert recognise((tmp_path / path).parent) == kind


@pytest.mark.parametrize(
    'path, message',
    [
        ('mine/a.png', 'disparity or depth maps: give --kind'),
        ('mine/a.txt', 'no ground truth in this folder'),
        ('mine/metadata.yaml', 'a rosbag2 recording: use `optidepthnet promote'),
    ],
)
def test_kinds_are_never_guessed(tmp_path, path, message):
    (tmp_path / path).parent.mkdir(parents=True)
    (tmp_path / path).touch()
    with pytest.raises(GroundTruthError, match=message):
        recognise((tmp_path / path).parent)
    with pytest.raises(GroundTruthError, match='nowhere: no such folder'):
        recognise(tmp_path / 'nowhere')
