# SPDX-License-Identifier: Apache-2.0
"""The exact depth of a room, without and with a crate 1.5 m ahead; see ATTRIBUTION.md beside the images."""

import itertools
import math
from pathlib import Path

import cv2
import numpy as np
from std_msgs.msg import Header

from optidepthnet_ros.geometry.camera import Camera
from optidepthnet_ros.ros.depth_node.parameters import Parameters

CAMERA = Camera(160, 120, 228.5037 / 2, 228.5037 / 2, 80.0, 60.0)
PARAMETERS = Parameters(
    max_depth=20.0,
    camera_height=0.437,
    obstacles_camera_pitch=math.radians(19.98),
    obstacles_camera_roll=math.radians(-5.21),
    obstacles_min_height=0.1,
    obstacles_max_height=1.0,
)
_FOLDER = Path(__file__).parents[1] / 'obstacles' / 'house'
_ROUNDS = itertools.count(1)


def seen(name):
    """Return depth (120, 160) of the scene, free or crate."""
    return cv2.imread(str(_FOLDER / f'{name}.png'), cv2.IMREAD_UNCHANGED).astype(np.float32) / 1000


def image_file(name):
    """Return the file of the image (240, 320) of the scene, free or crate."""
    return _FOLDER / f'{name}.jpg'


def header(tenths):
    """Return the header of an image at this time in tenths of a second."""
    message = Header(frame_id='camera')
    message.stamp.sec, message.stamp.nanosec = divmod(tenths * 100_000_000, 10**9)
    return message


def is_since(message, tenths):
    """Whether the message belongs to an image at this time or later."""
    return message.header.stamp.sec >= tenths / 10


def publish_until_received(robot, outputs, depth, parameters, *received):
    """Publish this depth until each list has received it; return the newest message of each."""
    stamps = itertools.count(100_000 * next(_ROUNDS))
    first = next(stamps)
    robot.wait_until(
        lambda: all(messages and is_since(messages[-1], first) for messages in received),
        lambda: outputs.publish(header(next(stamps)), depth, CAMERA, parameters),
    )
    return [messages[-1] for messages in received]
