# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest
from stereo_msgs.msg import DisparityImage

from optidepthnet_ros.geometry.camera import Camera
from optidepthnet_ros.geometry.canonical import CanonicalView
from optidepthnet_ros.inference import DepthEstimate
from optidepthnet_ros.ros.conversions.disparity_message import write_disparity

CAMERA = Camera(64, 48, 60.0, 60.0, 31.5, 23.5)


@pytest.fixture
def estimate():
    """Return an estimate of a camera with too wide a view: 4 columns on the left and 6 on the right have no depth."""
    view = CanonicalView(CAMERA, slice(0, 48), slice(4, 58), 192, 216, 0.09)
    return DepthEstimate(np.empty((48, 64)), view, 0.24, 2)


def test_depth_is_focal_length_times_baseline_over_disparity(estimate):
    depth = np.random.default_rng(0).uniform(0.5, 80, (48, 64)).astype(np.float32)
    depth[0, :3] = np.nan, np.inf, -np.inf
    message = DisparityImage()
    message.header.frame_id = 'camera'
    write_disparity(message, depth, estimate, 0.5, 80.0)
    disparity = np.frombuffer(message.image.data, np.float32).reshape(48, 64)

    assert (message.f, message.t) == (60, 0.24)
    with np.errstate(divide='ignore'):
        np.testing.assert_allclose((message.f * message.t / disparity)[0, 3:], depth[0, 3:], rtol=1e-6)
    assert disparity[0, :3].tolist() == [-1, 0, -1]
    assert (message.min_disparity, message.max_disparity) == pytest.approx((14.4 / 80, 14.4 / 0.5))
    valid = (disparity >= message.min_disparity) & (disparity <= message.max_disparity)
    np.testing.assert_array_equal(valid, np.isfinite(depth))
    assert message.image.encoding == '32FC1' and message.image.header == message.header


def test_the_message_states_what_the_network_sees_and_resolves(estimate):
    message = DisparityImage()
    write_disparity(message, np.ones((48, 64), np.float32), estimate, 0.0, 80.0)
    window = message.valid_window
    assert (window.x_offset, window.y_offset, window.width, window.height) == (4, 0, 54, 48)
    assert message.delta_d == pytest.approx(0.5 * 54 / 108)  # half a pixel of the network
    assert message.max_disparity == 64  # disparity is limited even without a nearest depth
