# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest
from sensor_msgs.msg import Image

from optidepthnet_ros.messages.image import image_from_message
from optidepthnet_ros.ros.conversions.image_message import write_depth, write_image


def read(message, dtype):
    return np.frombuffer(message.data, dtype).reshape(message.height, message.width)


def test_metres_keep_unknown_too_near_and_too_far():
    depth = np.array([[1.5, np.nan, np.inf], [-np.inf, 0.1, 80]], np.float32)
    message = Image()
    write_depth(message, depth, '32FC1')
    assert (message.encoding, message.step) == ('32FC1', 12)
    np.testing.assert_array_equal(read(message, np.float32), depth)


@pytest.mark.filterwarnings('error')
def test_millimetres_are_zero_where_depth_cannot_be_represented():
    depth = np.array([[1.5, np.nan, np.inf, -np.inf], [0.0014, 65.535, 65.536, 131.0]], np.float32)
    message = Image()
    write_depth(message, depth, '16UC1')
    assert (message.encoding, message.step) == ('16UC1', 8)
    np.testing.assert_array_equal(read(message, np.uint16), [[1500, 0, 0, 0], [1, 65535, 0, 0]])


def test_a_message_is_reused_for_other_sizes():
    message = Image()
    for size in ((4, 6), (2, 3), (4, 6)):
        pixels = np.random.default_rng(size[0]).integers(0, 256, (*size, 3), np.uint8)
        write_image(message, pixels, 'bgr8')
        np.testing.assert_array_equal(image_from_message(message), pixels)


def test_memory_is_reused_while_the_size_stays_the_same():
    message = Image()
    write_image(message, np.zeros((4, 6), np.uint8), 'mono8')
    before = message.data
    write_image(message, np.ones((4, 6), np.uint8), 'mono8')
    assert message.data is before
