# SPDX-License-Identifier: Apache-2.0
"""The figures of the demonstration, computed from messages whose figures are known."""

import json
from dataclasses import asdict

import numpy as np
import pytest
from rosbags.typesys import Stores, get_typestore

from optidepthnet_ros.ros.demo.measures import DEPTH, IMAGE, NoDepth, depth_of, image_of, measure

TYPES = get_typestore(Stores.ROS2_JAZZY).types
MILLISECOND = 10**6


def image_message(stamp, pixels, encoding):
    """Return an image stamped with milliseconds since 1970."""
    time = TYPES['builtin_interfaces/msg/Time'](*divmod(stamp * MILLISECOND, 10**9))
    return TYPES['sensor_msgs/msg/Image'](
        TYPES['std_msgs/msg/Header'](time, 'camera'),
        *pixels.shape[:2],
        encoding,
        0,
        pixels[0].nbytes,
        pixels.reshape(-1).view(np.uint8),
    )


def frame_and_depth(stamp, latency, depth):
    """Return the messages that a bag holds for one frame and its depth; times in milliseconds."""
    frame = image_message(stamp, np.zeros((*depth.shape, 3), np.uint8), 'bgr8')
    return [
        (IMAGE, stamp * MILLISECOND, frame),
        (DEPTH, (stamp + latency) * MILLISECOND, image_message(stamp, depth, '32FC1')),
    ]


def test_known_figures():
    depth = np.array([[1, 2, np.nan], [np.inf, -np.inf, 9]], np.float32)
    messages = [entry for n in range(5) for entry in frame_and_depth(1000 + 200 * n, 50, depth)]
    measures = measure(messages)
    assert asdict(measures) == pytest.approx(
        {
            'frames': 5,
            'depth_images': 5,
            'width': 3,
            'height': 2,
            'rate_hz': 5.0,
            'latency_median_ms': 50.0,
            'latency_p95_ms': 50.0,
            'valid_share': 0.5,
            'depth_min_m': 1.0,
            'depth_median_m': 2.0,
            'depth_max_m': 9.0,
        }
    )


def test_latency_percentile_shows_slow_frames():
    depth = np.ones((1, 1), np.float32)
    messages = [entry for n in range(100) for entry in frame_and_depth(100 * n, 500 if n % 10 == 0 else 20, depth)]
    measures = measure(messages)
    assert (measures.latency_median_ms, measures.latency_p95_ms) == (20, 500)


def test_summary_file_holds_what_the_table_shows(tmp_path):
    measures = measure(frame_and_depth(0, 50, np.full((2, 2), 7, np.float32)))
    measures.write(tmp_path / 'summary.json')
    assert json.loads((tmp_path / 'summary.json').read_text()) == asdict(measures)
    assert '50 ms' in measures.table() and '7.0 to 7.0 m' in measures.table()


@pytest.mark.parametrize(
    'messages, reason',
    [
        ([], '0 frames were sent, and no depth image'),
        (frame_and_depth(0, 1, np.ones((1, 1), np.float32))[:1], '1 frames were sent, and no depth image'),
        (frame_and_depth(0, 1, np.full((1, 1), np.nan, np.float32)), 'without a valid pixel'),
    ],
)
def test_no_depth_is_an_error(messages, reason):
    with pytest.raises(NoDepth, match=reason):
        measure(messages)


def test_messages_are_converted_to_arrays():
    depth, image = np.random.rand(2, 3).astype(np.float32), np.arange(18, dtype=np.uint8).reshape(2, 3, 3)
    np.testing.assert_array_equal(depth_of(image_message(0, depth, '32FC1')), depth)
    np.testing.assert_array_equal(image_of(image_message(0, image, 'bgr8')), image)
