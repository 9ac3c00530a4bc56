# SPDX-License-Identifier: Apache-2.0
"""A less precise runtime is judged only on frames where mirroring the image mirrors the network's answer."""

import numpy as np
import pytest

from optidepthnet_ros.inference.runtimes.agreement import measure_agreement

RAMP = np.linspace(0.01, 0.2, 16, dtype=np.float32)
KNOWN = np.full((1, 3, 8, 16), 0.1, np.float32)
GUESSED = np.zeros_like(KNOWN)


def network(pixels):
    """Return the brightness of the image; for a black image, the same ramp, whether mirrored or not."""
    return pixels[:, :2] if pixels.any() else np.broadcast_to(RAMP, (1, 2, 8, 16))


def rough(pixels):
    return network(pixels) * np.float32(1.004 if pixels.any() else 2)


def test_frames_on_which_the_network_guesses_are_ignored():
    agreement = measure_agreement(rough, network, [GUESSED, KNOWN, GUESSED])
    assert (agreement.median, agreement.most) == pytest.approx((0.004, 0.004), rel=0.01)
    assert agreement.is_close
    assert str(agreement).endswith('(95th percentile) over 1 of 3 frames; it guesses on the others')


def test_all_frames_are_compared_if_the_network_guesses_on_every_one():
    agreement = measure_agreement(rough, network, [GUESSED])
    assert agreement.median == pytest.approx(0.5) and not agreement.is_close
