# SPDX-License-Identifier: Apache-2.0
"""The distance to a wall from the odometry of a camera that moves in front of it."""

import cv2
import numpy as np
import pytest
from moving_camera import CAMERA, DISTANCE, seen_from

from optidepthnet_ros.scale.fit import UnsupportedFitError, fit_correction
from optidepthnet_ros.scale.odometry import MotionEvidence, MotionPoints
from optidepthnet_ros.scale.poses import PoseBuffer
from optidepthnet_ros.scale.tracker import Frame

SECOND = 10**9


def look(points, *places):
    """Return the points at the last of the places, which are visited a fifth of a second apart."""
    for number, place in enumerate(places):
        image, pose = seen_from(*place)
        try:
            found = points.points(number * SECOND // 5, image, CAMERA, pose)
        except UnsupportedFitError:
            if number == len(places) - 1:
                raise
    return found


@pytest.mark.parametrize('last', [(0.2,), (0.1, 0.1), (0.05, -0.03, 0.15)], ids=['aside', 'turning', 'ahead'])
def test_the_wall_is_at_its_true_distance(last):
    found = look(MotionPoints(), (0.0,), (last[0] / 2,), last)
    _, pose = seen_from(*last)
    distance = (found @ pose[:3, :3].T + pose[:3, 3])[:, 2]
    assert len(found) >= 50
    assert np.median(distance) == pytest.approx(DISTANCE, rel=0.01)
    assert np.mean(np.abs(distance / DISTANCE - 1) < 0.1) > 0.9


def test_a_camera_that_does_not_move_gives_no_points():
    with pytest.raises(UnsupportedFitError, match='the camera moved 0.010 m, 0.05 m are needed'):
        look(MotionPoints(), (0.0,), (0.01,))


def test_a_camera_that_turns_on_the_spot_gives_no_points():
    with pytest.raises(UnsupportedFitError, match='moved 0.000 m'):
        look(MotionPoints(), (0.0,), (0.0, 0.1))


def test_an_image_without_corners_gives_no_points():
    points, gray = MotionPoints(), np.full((CAMERA.height, CAMERA.width), 128, np.uint8)
    for number, x in enumerate((0.0, 0.1)):
        with pytest.raises(UnsupportedFitError, match='moved 0.000 m' if not number else '0 corners with parallax'):
            points.points(number * SECOND, gray, CAMERA, seen_from(x)[1])


def test_old_images_and_images_of_another_camera_are_not_compared():
    points, (image, pose) = MotionPoints(), seen_from(0.0)
    for stamp, camera in ((0, CAMERA), (10 * SECOND, CAMERA), (11 * SECOND, CAMERA.resized(160, 96)), (SECOND, CAMERA)):
        small = cv2.resize(image, (camera.width, camera.height))
        with pytest.raises(UnsupportedFitError, match='moved 0.000 m'):
            points.points(stamp, small, camera, pose)
        pose = pose.copy()
        pose[0, 3] += 0.2


def test_points_on_a_moving_object_are_excluded():
    """A patch that moves up while the camera moves sideways is off its epipolar lines."""
    points, (image, pose) = MotionPoints(), seen_from(0.0)
    with pytest.raises(UnsupportedFitError):
        points.points(0, image, CAMERA, pose)
    image, pose = seen_from(0.2)
    image = image.copy()
    image[40:140, 100:220] = image[50:150, 100:220].copy()
    found = points.points(SECOND, image, CAMERA, pose)
    assert np.mean(np.abs(found[:, 2] / DISTANCE - 1) < 0.1) > 0.9


def test_images_wait_for_their_poses_and_give_the_scale():
    evidence, to_camera = MotionEvidence(), np.eye(4)
    fits = []
    for number in range(4):
        stamp = number * SECOND // 5
        image, pose = seen_from(0.1 * number)
        found = evidence.take(stamp, image, CAMERA, lambda _stamp: to_camera)
        for at, evidence_of in found:
            assert at == (number - 1) * SECOND // 5  # the pose of the previous image has arrived in the meantime
            depth = np.full((CAMERA.height, CAMERA.width), np.float32(1.5 * DISTANCE))
            frame = Frame(at, 'camera', depth, CAMERA)
            if at == 0:
                with pytest.raises(UnsupportedFitError, match='moved'):
                    evidence_of(frame)
            else:
                fits.append(fit_correction(evidence_of(frame)))
        evidence.poses.add(stamp, pose[:3, 3], (0, 0, 0, 1))
    assert len(fits) == 2 and fits[-1].correction.scale == pytest.approx(1.5, rel=0.02)


def test_an_image_that_was_only_remembered_is_used_for_a_later_one():
    points, (image, pose) = MotionPoints(), seen_from(0.0)
    points.remember(0, image, CAMERA, pose)
    image, pose = seen_from(0.2)
    assert np.median(points.points(SECOND // 5, image, CAMERA, pose)[:, 2]) == pytest.approx(DISTANCE, rel=0.01)


def test_odometry_that_lags_behind_the_images_is_reported():
    evidence = MotionEvidence()
    evidence.poses.add(0, (0, 0, 0), (0, 0, 0, 1))
    for number in range(1, 8):
        found = evidence.take(number * SECOND, *seen_from(0.0)[:1], CAMERA, lambda _stamp: np.eye(4))
    with pytest.raises(UnsupportedFitError, match='the newest pose of odometry is 2.00 s older than an image'):
        found[0][1](None)


def test_poses_are_interpolated_and_unknown_outside_their_range():
    poses = PoseBuffer()
    poses.add(10, (0, 0, 0), (0, 0, 0, 1))
    poses.add(20, (1, 0, 0), (0, 0, -1, 0))  # half a turn about z
    half = poses.at(15)
    np.testing.assert_allclose(half[:3, 3], [0.5, 0, 0])
    np.testing.assert_allclose(half[:3, :3] @ half[:3, :3], poses.at(20)[:3, :3], atol=1e-12)
    assert poses.at(9) is None and poses.at(21) is None
    poses.add(20 + SECOND, (2, 0, 0), (0, 0, 0, 1))
    assert poses.at(30) is None and poses.at(20 + SECOND)[0, 3] == 2
    poses.add(5, (7, 0, 0), (0, 0, 0, 1))
    assert poses.newest == 5 and poses.at(15) is None
