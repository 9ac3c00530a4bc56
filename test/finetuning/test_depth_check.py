# SPDX-License-Identifier: Apache-2.0
"""An RGB-D camera that cannot be used for training is found in its first frames, with the measured value."""

import numpy as np
import pytest
from depth_recordings import room
from stereo_recordings import camera_info

from optidepthnet_ros.finetuning.depth_check import DepthCheck
from optidepthnet_ros.geometry.camera import CalibrationError
from optidepthnet_ros.recordings.bag_topics import ImageTopic
from optidepthnet_ros.recordings.depth_figures import ENOUGH_FRAMES
from optidepthnet_ros.recordings.scene import DataError


def look(change=lambda depth: depth, info=None):
    info = info or camera_info(0.0)
    check = DepthCheck(*(ImageTopic(f'/{name}/image', False, '/rgb/camera_info', info) for name in ('rgb', 'depth')))
    for seed in range(ENOUGH_FRAMES):
        image, depth = room(seed)
        check.add_frame(image, change(depth))
    return check


@pytest.mark.parametrize(
    'change, message',
    [
        (lambda depth: np.roll(depth, 20, axis=1), r'depth edges are off image edges by \+[12]\d px to the right'),
        (lambda depth: np.full_like(depth, np.nan), r'depth is known in 0\.00% of the pixels'),
        (lambda depth: 1000 * depth, 'depth is 4000 m .* millimetres instead of metres'),
        (lambda depth: depth[:96], 'the depth is 320x96, but the image is 320x192: give depth aligned to the image'),
    ],
)
def test_unusable_depth_is_refused_with_the_measured_value(change, message):
    with pytest.raises(DataError, match=message):
        look(change)


def test_aligned_depth_is_accepted_also_at_half_the_size():
    assert look().is_done and look(lambda depth: depth[::2, ::2]).is_done


def test_an_invalid_calibration_is_refused():
    with pytest.raises(CalibrationError, match='/rgb/camera_info: '):
        look(info=camera_info(0.0, k=np.zeros((3, 3)), p=np.zeros(12)))
