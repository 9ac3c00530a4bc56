# SPDX-License-Identifier: Apache-2.0
"""Thousands of broken messages over DDS: the node survives and publishes no wrong depth.

OPTIDEPTHNET_FUZZ_FRAMES sets how many frames are sent.
"""

import math
import os

import numpy as np
import pytest
from process import TIMEOUT
from sensor_msgs.msg import CameraInfo, Image, RegionOfInterest

FRAMES = int(os.environ.get('OPTIDEPTHNET_FUZZ_FRAMES', '400'))
INFO_FAULTS = (
    {'p': [0.0] * 12},
    {'p': [math.nan] * 12},
    {'p': [math.inf] * 12},
    {'p': [-60.0] * 12},
    {'p': [0.0] * 11 + [1.0]},
    {'p': [1e-300] * 12},
    {'p': [1e12] * 12},
    {'width': 0},
    {'height': 0},
    {'width': 4_000_000_000},
    {'height': 7},
    {'binning_x': 3000},
    {'binning_y': 4_000_000_000},
    {'roi': RegionOfInterest(x_offset=90, width=60, height=60)},
    {'roi': RegionOfInterest(width=3, height=40)},
)
IMAGE_FAULTS = (
    {'encoding': ''},
    {'encoding': '32FC1'},
    {'encoding': '8UC-1'},
    {'encoding': 'rgb8\n' * 100},
    {'width': 0},
    {'height': 0},
    {'step': 0},
    {'step': 4_000_000_000},
    {'height': 4_000_000_000},
    {'data': b''},
    {'data': b'1'},
    {'encoding': 'bgra16'},
    {'encoding': 'nv12'},
)


@pytest.fixture
def random():
    """Return a random generator with a fixed seed."""
    return np.random.default_rng(0)


def frame(random, number):
    """Return a calibration and an image with the same stamp, and whether one of them is faulty."""
    width, height = (int(size) for size in random.integers(40, 100, 2))
    fx = width * random.uniform(0.6, 2.0)
    info = CameraInfo(width=width, height=height)
    info.p = [fx, 0.0, width / 2, 0.0, 0.0, height * 1.0, height / 2, 0.0, 0.0, 0.0, 1.0, 0.0]
    step = 3 * width + int(random.integers(0, 9))
    image = Image(width=width, height=height, encoding='bgr8', step=step, data=random.bytes(step * height))
    info.header.stamp.sec = image.header.stamp.sec = number
    faulty = random.random() < 0.8
    if faulty:
        message, faults = (info, INFO_FAULTS) if random.random() < 0.5 else (image, IMAGE_FAULTS)
        for name, value in faults[random.integers(len(faults))].items():
            setattr(message, name, value)
    return info, image, faulty


@pytest.mark.long
def test_no_fault_ends_the_node_or_becomes_depth(start_node, robot, random):
    depth = robot.listen(Image, 'depth/image_rect')
    node = start_node('-p', 'max_depth:=1000.0')
    node.wait_for_log('waiting for images')
    faults = {}

    def send():
        info, image, faults[len(faults)] = frame(random, len(faults))
        robot.publish(info, image)

    robot.wait_until(lambda: depth, send)
    robot.wait_until(lambda: len(faults) >= FRAMES, send, timeout=TIMEOUT + FRAMES)
    robot.wait_until(lambda: len(depth) >= 20, send)
    assert node.is_alive()
    # The image is noise at a constant angular resolution, and random weights hardly react to it.
    medians = []
    for message in depth:
        number = message.header.stamp.sec
        assert not faults[number], f'frame {number} was faulty, but became depth'
        medians.append(np.median(np.frombuffer(message.data, np.float32)))
    np.testing.assert_allclose(medians, np.median(medians), rtol=0.1)
    robot.wait_for_status('input', 0, 'Hz', send)
    dropped = {name for name, number in robot.status('input')[2].items() if name.startswith('dropped')}
    print(len(faults), 'frames sent,', len(depth), 'became depth;', robot.status('input')[2])
    assert {'dropped: bad image', 'dropped: calibration unusable', 'dropped: calibration all zero'} <= dropped
    assert 'Traceback' not in node.log and 'dropped: failure' not in dropped
