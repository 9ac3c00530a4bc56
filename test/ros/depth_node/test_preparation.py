# SPDX-License-Identifier: Apache-2.0
"""The runtime is prepared for a camera before its first frame, and a bad calibration does no harm."""

import logging
import threading

import numpy as np
import pytest
from sensor_msgs.msg import CameraInfo

from optidepthnet_ros.geometry.camera import Camera
from optidepthnet_ros.inference import DepthEstimator
from optidepthnet_ros.ros.conversions.camera_info_message import info_from_camera
from optidepthnet_ros.ros.depth_node.preparation import Preparation

CAMERA = Camera(160, 120, 130.0, 130.0, 79.5, 59.5)


class Recorder(DepthEstimator):
    """A real estimator that records its preparations and waits until they are allowed."""

    def __init__(self, checkpoint):
        super().__init__(checkpoint)
        self.allowed = threading.Event()
        self.prepared = []

    def prepare(self, camera):
        assert self.allowed.wait(60)
        super().prepare(camera)
        self.prepared.append(camera)

    def is_ready(self, camera):
        return camera in self.prepared


@pytest.fixture
def estimator(untrained_checkpoint):
    return Recorder(untrained_checkpoint)


def wait_for_end():
    for thread in threading.enumerate():
        if thread.name == 'preparation':
            thread.join(60)


def test_a_camera_is_prepared_once_while_frames_are_processed(estimator):
    preparation = Preparation(logging.getLogger())
    info = info_from_camera(CAMERA, CameraInfo().header)
    for _ in range(3):
        preparation.calibration_came(info, estimator, False)
    assert preparation.is_running
    other = Camera(64, 48, 60.0, 60.0, 31.5, 23.5)
    assert np.isfinite(estimator.estimate(np.zeros((48, 64), np.uint8), other).depth).all()
    estimator.allowed.set()
    wait_for_end()
    assert not preparation.is_running and estimator.prepared == [CAMERA]


def test_only_the_last_and_few_other_calibrations_are_prepared(estimator):
    preparation = Preparation(logging.getLogger())
    cameras = [Camera(160, 120, 130.0 + step, 130.0, 79.5, 59.5) for step in range(20)]
    for camera in cameras:
        preparation.calibration_came(info_from_camera(camera, CameraInfo().header), estimator, False)
    assert sum(thread.name == 'preparation' for thread in threading.enumerate()) == 1
    estimator.allowed.set()
    wait_for_end()
    assert estimator.prepared[-1] == cameras[-1] and len(estimator.prepared) <= 2


def test_rows_and_columns_without_depth_give_one_warning_with_their_number(estimator, caplog):
    preparation = Preparation(logging.getLogger())
    estimator.allowed.set()
    for step in range(3):
        wide = Camera(640, 480, 40.0 + step, 40.0, 319.5, 239.5)
        preparation.calibration_came(info_from_camera(wide, CameraInfo().header), estimator, False)
        wait_for_end()
    view = estimator.view(Camera(640, 480, 40.0, 40.0, 319.5, 239.5))
    rows, columns = (480 - len(range(480)[view.rows]), 640 - len(range(640)[view.columns]))
    (warning,) = [record.message for record in caplog.records if record.levelname == 'WARNING']
    assert rows > 0 and f'{rows} of 480 rows (0 to {view.rows.start - 1} and {view.rows.stop} to 479)' in warning
    assert f'{columns} of 640 columns' in warning


def test_the_first_camera_does_not_wait_while_a_second_one_is_prepared(estimator):
    preparation = Preparation(logging.getLogger())
    first, second = CAMERA, Camera(64, 48, 60.0, 60.0, 31.5, 23.5)

    def calibrate(*cameras):
        for camera in cameras:
            preparation.calibration_came(info_from_camera(camera, CameraInfo().header), estimator, False)

    calibrate(first)
    assert not preparation.delays(estimator, first)  # there is no other camera to serve in the meantime
    estimator.allowed.set()
    wait_for_end()
    estimator.allowed.clear()
    calibrate(second, first, second, first)
    assert preparation.delays(estimator, second) and not preparation.delays(estimator, first)
    estimator.allowed.set()
    wait_for_end()
    calibrate(first, second)
    assert not preparation.is_running and estimator.prepared == [first, second]
    assert not preparation.delays(estimator, second)


def test_a_bad_calibration_is_not_prepared(estimator):
    preparation = Preparation(logging.getLogger())
    preparation.calibration_came(CameraInfo(width=160, height=120), estimator, False)
    assert not preparation.is_running


def test_the_image_size_is_the_region_of_interest_after_binning(estimator):
    info = info_from_camera(Camera(320, 240, 260.0, 260.0, 159.5, 119.5), CameraInfo().header)
    info.binning_x = info.binning_y = 2
    estimator.allowed.set()
    Preparation(logging.getLogger()).calibration_came(info, estimator, False)
    wait_for_end()
    assert [(camera.width, camera.height) for camera in estimator.prepared] == [(160, 120)]
