# SPDX-License-Identifier: Apache-2.0
"""A rougher runtime is judged where the network knows something: where mirroring the image mirrors its answer."""

import numpy as np
import pytest

from optidepthnet_ros.inference.runtimes.agreement import measure_agreement

RAMP = np.linspace(0.01, 0.2, 16, dtype=np.float32)
KNOWN = np.full((1, 3, 8, 16), 0.1, np.float32)
GUESSED = np.zeros_like(KNOWN)


def network(pixels):
    """Answer with the brightness of the image; to black images with the same ramp, mirrored or not."""
    return pixels[:, :2] if pixels.any() else np.broadcast_to(RAMP, (1, 2, 8, 16))


def rough(pixels):
    return network(pixels) * np.float32(1.004 if pixels.any() else 2)


def test_frames_whose_answer_is_a_guess_do_not_count():
    agreement = measure_agreement(rough, network, [GUESSED, KNOWN, GUESSED])
    assert (agreement.median, agreement.most) == pytest.approx((0.004, 0.004), rel=0.01)
    assert agreement.is_close
    assert str(agreement).endswith('(95th percentile) over 1 of 3 frames; it guesses on the others')


def test_where_all_answers_are_guesses_they_count():
    agreement = measure_agreement(rough, network, [GUESSED])
    assert agreement.median == pytest.approx(0.5) and not agreement.is_close
