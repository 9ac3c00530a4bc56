# SPDX-License-Identifier: Apache-2.0
"""A rig that cannot be used for training is found in its first rectified pairs, with the measured value."""

import cv2
import numpy as np
import pytest
from stereo_recordings import DISPARITY, HEIGHT, MATRIX, TX, WIDTH, camera_info, wall

from optidepthnet_ros.finetuning.rig_check import PAIRS, RigCheck
from optidepthnet_ros.geometry.camera import CalibrationError
from optidepthnet_ros.recordings.bag_topics import ImageTopic
from optidepthnet_ros.recordings.scene import DataError

TURN = cv2.Rodrigues(np.array([0.02, 0.0, 0.0]))[0]  # rotation of the right camera: its rows are about 5 px off


def check(*infos):
    infos = infos or (camera_info(0.0), camera_info(TX))
    return RigCheck(
        *(
            ImageTopic(f'/{side}/image_raw', False, f'/{side}/camera_info', info)
            for side, info in zip(('left', 'right'), infos)
        )
    )


def add_pairs(rig, change=lambda left, right: (left, right)):
    for seed in range(PAIRS):
        rig.add_pair(*change(*wall(seed)))


def turned(left, right):
    """Return what the right camera sees before rectification."""
    return left, cv2.warpPerspective(
        right, MATRIX @ TURN.T @ np.linalg.inv(MATRIX), (WIDTH, HEIGHT), borderMode=cv2.BORDER_REFLECT
    )


@pytest.mark.parametrize(
    'change, message',
    [
        (lambda left, right: (right, left), 'left and right are swapped: 100%'),
        (lambda left, right: (left, np.roll(right, 3, axis=0)), r'rows are offset by \+3\.0 px, more than 0\.5'),
        (turned, r'rows are offset by [+-][45]\.\d px'),
        (lambda left, right: (left, right[:96]), '/left/image_raw has images of 320x192, /right/image_raw of 320x96'),
    ],
)
def test_a_bad_rig_is_refused_with_the_measured_offset(change, message):
    with pytest.raises(DataError, match=message):
        add_pairs(check(), change)


def test_a_turned_camera_is_accepted_if_its_calibration_has_the_rotation():
    rig = check(camera_info(0.0), camera_info(TX, r=TURN))
    add_pairs(rig, turned)
    assert rig.is_done
    left, right = rig.read(0)
    inside = np.s_[30:-30, 30:-30]
    difference = np.abs(left[:, DISPARITY:][inside].astype(float) - right[:, :-DISPARITY][inside])
    assert difference.mean() < 8


def test_calibrations_that_do_not_form_a_rig_are_refused():
    with pytest.raises(CalibrationError, match='/left/camera_info and /right/camera_info: baseline is 0.0 m'):
        add_pairs(check(camera_info(0.0), camera_info(0.0)))


def test_pairs_without_texture_are_not_judged():
    add_pairs(check(), lambda left, right: (0 * left + 128, 0 * right + 128))
