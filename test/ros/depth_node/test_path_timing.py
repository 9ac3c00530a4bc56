# SPDX-License-Identifier: Apache-2.0
"""What `optidepthnet benchmark --node` measures: each step of a frame, with a real estimator and messages."""

import math

from optidepthnet_ros.inference import DepthEstimator
from optidepthnet_ros.ros.depth_node.path_timing import AROUND, NETWORK, SCALE, format_parts, measure


def test_each_step_of_a_frame_is_measured(checkpoint_file):
    parts = measure(DepthEstimator.from_file(checkpoint_file, threads=1), rounds=1)
    assert {'decode, to gray', NETWORK, 'to and from the network', 'depth message', AROUND, SCALE} <= parts.keys()
    assert all(math.isfinite(part['ms']) and math.isfinite(part['cpu_ms']) for part in parts.values())
    assert format_parts(parts).count('\n') == len(parts) + 1
