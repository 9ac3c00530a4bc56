# SPDX-License-Identifier: Apache-2.0
"""End to end with a shipped network: a crate in an image becomes an obstacle and disappears with it."""

import math

import cv2
import numpy as np
from house import PARAMETERS, image_file
from sensor_msgs.msg import CameraInfo, Image, LaserScan

from optidepthnet_ros.messages.header import stamp_of

AHEAD = math.radians(6)
FOCAL = 228.5037


def messages(name, tenths):
    """Return the calibration and an image of the room, this many tenths of a second after the first."""
    pixels = cv2.imread(str(image_file(name)))
    image = Image(width=320, height=240, encoding='bgr8', step=960, data=pixels.tobytes())
    info = CameraInfo(width=320, height=240)
    info.p = [FOCAL, 0.0, 160.0, 0.0, 0.0, FOCAL, 120.0, 0.0, 0.0, 0.0, 1.0, 0.0]
    for message in (image, info):
        message.header.stamp.sec, message.header.frame_id = tenths // 10, 'camera'
        message.header.stamp.nanosec = tenths % 10 * 10**8
    return info, image


def ahead(scan):
    """Return the nearest range straight ahead."""
    angles = scan.angle_min + scan.angle_increment * np.arange(len(scan.ranges))
    return np.nanmin(np.array(scan.ranges)[np.abs(angles) < AHEAD])


def test_a_crate_appears_and_disappears(start_node, robot):
    """The network is about 15 % off; the height band starts above its error on the ground.

    The first scan with the crate shows it, and the first scan without it is free: the temporal filter does not lag.
    """
    given = {
        'checkpoint': 'dlite0_free',
        'max_depth': 20.0,
        'max_identical_frames': 0,
        'camera_height': PARAMETERS.camera_height,
        'obstacles.camera_pitch': PARAMETERS.obstacles_camera_pitch,
        'obstacles.camera_roll': PARAMETERS.obstacles_camera_roll,
        'obstacles.min_height': 0.2,
        'obstacles.max_height': 1.0,
    }
    start_node(*(text for name, value in given.items() for text in ('-p', f'{name}:={value}')))
    scans, tenths = robot.listen(LaserScan, 'depth/scan'), 0
    for name, near, far in (('free', 2.0, math.inf), ('crate', 0.9, 1.7), ('free', 2.0, math.inf)):
        first = tenths + 1

        def publish(name=name):
            nonlocal tenths
            tenths += 1
            robot.publish(*messages(name, tenths))

        robot.wait_until(lambda first=first: scans and stamp_of(scans[-1]) >= first * 10**8, publish)
        (scan,) = [scan for scan in scans if stamp_of(scan) >= first * 10**8][:1]
        assert near <= ahead(scan) <= far, name
        assert scan.header.frame_id == 'camera_level'
