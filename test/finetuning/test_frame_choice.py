# SPDX-License-Identifier: Apache-2.0
"""Frames are kept if they are useful for training; all others are counted by reason."""

from dataclasses import replace

import cv2
import numpy as np
from stereo_recordings import wall

from optidepthnet_ros.finetuning.frame_choice import FrameChoice
from optidepthnet_ros.ros.training_node.parameters import Parameters
from optidepthnet_ros.ros.training_node.requests import thresholds_of

SECOND = 10**9
DEFAULTS = thresholds_of(Parameters())


def test_each_reason_is_counted():
    choice = FrameChoice(replace(DEFAULTS, interval=0.5))
    view, other = wall(0)[0], wall(1)[0]
    assert choice.keeps(view, 0)
    assert choice.is_too_soon(SECOND // 4) and not choice.is_too_soon(SECOND)
    assert not choice.keeps(view, SECOND)
    assert not choice.keeps(cv2.GaussianBlur(other, (0, 0), 4), 2 * SECOND)
    assert not choice.keeps(np.minimum(other // 16, 7), 3 * SECOND)
    assert choice.keeps(other, 4 * SECOND)
    assert choice.counts == {'kept': 2, 'too soon': 1, 'unchanged': 1, 'blurred': 1, 'badly exposed': 1}


def test_another_exposure_is_not_a_change():
    choice = FrameChoice(DEFAULTS)
    view = wall(0)[0] // 2
    assert choice.keeps(view + 20, 0)
    assert not choice.keeps(view + 60, SECOND)


def test_recording_continues_after_time_jumps_back():
    """For example because a simulation was reset."""
    choice = FrameChoice(DEFAULTS)
    assert choice.keeps(wall(0)[0], 100 * SECOND)
    assert not choice.is_too_soon(0)
