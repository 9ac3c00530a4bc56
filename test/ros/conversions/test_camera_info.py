# SPDX-License-Identifier: Apache-2.0
import math

import pytest
from sensor_msgs.msg import CameraInfo, RegionOfInterest
from std_msgs.msg import Header

from optidepthnet_ros.geometry.camera import CalibrationError, Camera
from optidepthnet_ros.messages.camera_info import camera_from_info, raw_camera_from_info
from optidepthnet_ros.ros.conversions.camera_info_message import info_from_camera


def info(**changes):
    message = CameraInfo(width=640, height=480)
    message.p = [500.0, 0.0, 310.0, 0.0, 0.0, 510.0, 250.0, 0.0, 0.0, 0.0, 1.0, 0.0]
    message.k = [450.0, 0.0, 300.0, 0.0, 460.0, 230.0, 0.0, 0.0, 1.0]
    message.d = [-0.3, 0.1, 0.0, 0.0, 0.0]
    for name, value in changes.items():
        setattr(message, name, value)
    return message


def test_p_gives_the_intrinsics():
    assert camera_from_info(info(), 640, 480) == Camera(640, 480, 500, 510, 310, 250)


def test_k_replaces_an_empty_p_if_there_is_no_distortion():
    assert camera_from_info(info(p=[0.0] * 12, d=[]), 640, 480) == Camera(640, 480, 450, 460, 300, 230)


def test_the_region_of_interest_is_cropped_before_binning():
    roi = RegionOfInterest(x_offset=100, y_offset=40, width=400, height=200)
    camera = camera_from_info(info(roi=roi, binning_x=2, binning_y=4), 200, 50)
    assert camera == Camera(200, 50, 250, 127.5, 105, 52.5)


def test_a_scaled_image_scales_the_intrinsics():
    camera = camera_from_info(info(), 320, 240)
    assert camera == Camera(640, 480, 500, 510, 310, 250).resized(320, 240)


@pytest.mark.parametrize('width, height', [(621, 187), (621, 188), (1241, 375), (1242, 375)])
def test_rounded_aspect_ratios_are_accepted(width, height):
    assert camera_from_info(info(width=1242, height=375), width, height).width == width


@pytest.mark.parametrize(
    'changes, expected',
    [
        ({'p': [0.0] * 12, 'k': [0.0] * 9}, 'neither K nor P: calibrate the camera'),
        ({'p': [0.0] * 12}, 'distortion but no P, so the image is not rectified'),
        ({'p': [math.nan] * 12}, 'fx is nan'),
        ({'p': [-500.0] * 12}, 'fx is -500'),
        ({'p': [500.0, 0.0, 310.0, 0.0, 0.0, 510.0, 1e6, 0.0, 0.0, 0.0, 1.0, 0.0]}, 'look more than 84 degrees aside'),
        ({'p': [1.0, 0.0, 310.0, 0.0, 0.0, 510.0, 250.0, 0.0, 0.0, 0.0, 1.0, 0.0]}, 'look more than 84 degrees aside'),
        ({'width': 0}, 'width is 0'),
        ({'width': 480}, 'is for 480x480 pixels, the image has 640x480'),
        ({'binning_x': 2}, 'is for 320x480 pixels'),
        ({'binning_x': 5000}, 'width is 0'),
        ({'roi': RegionOfInterest(x_offset=300, width=400, height=480)}, 'reaches beyond its 640x480 pixels'),
        ({'roi': RegionOfInterest(width=400, height=480)}, 'is for 400x480 pixels'),
    ],
)
def test_a_calibration_that_gives_no_metres_is_refused(changes, expected):
    with pytest.raises(CalibrationError, match=expected):
        camera_from_info(info(**changes), 640, 480)


def test_the_published_info_reads_back_as_the_same_camera():
    camera = Camera(200, 50, 250.5, 127.5, 105.25, 52.5)
    header = Header(frame_id='camera')
    message = info_from_camera(camera, header)
    assert camera_from_info(message, 200, 50) == camera
    assert message.header == header
    message.p = [0.0] * 12
    assert camera_from_info(message, 200, 50) == camera


@pytest.mark.parametrize('name, place', [('p', 10), ('k', 8)])
def test_a_multiple_of_a_matrix_is_refused(name, place):
    """The focal length and all metres would be scaled by the same factor."""
    info = CameraInfo(width=64, height=48)
    info.k = [60.0, 0.0, 32.0, 0.0, 60.0, 24.0, 0.0, 0.0, 1.0]
    info.p = [60.0, 0.0, 32.0, 0.0, 0.0, 60.0, 24.0, 0.0, 0.0, 0.0, 1.0, 0.0]
    getattr(info, name)[place] = 2.0
    read = camera_from_info if name == 'p' else raw_camera_from_info
    with pytest.raises(CalibrationError, match=f'the third row of {name.upper()} begins with 0 0 2'):
        read(info, 64, 48)
