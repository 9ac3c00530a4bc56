# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from optidepthnet_ros.training.packed.codes import COARSE, FINE


@pytest.mark.parametrize('code, nearest, farthest', [(FINE, 0.1, 900.0), (COARSE, 1.0, 140.0)])
def test_no_depth_is_off_by_more_than_half_a_step(code, nearest, farthest):
    depth = np.geomspace(nearest, farthest, 5000).astype(np.float32)
    decoded = 1 / code.decode(code.encode(1 / depth))
    assert np.abs(np.log(decoded / depth)).max() <= code.step / 2 + 1e-5


@pytest.mark.parametrize('code', [FINE, COARSE])
def test_unknown_and_sky_are_preserved(code):
    inverse = np.array([np.nan, 0, 0.1], np.float32)
    decoded = code.decode(code.encode(inverse))
    assert np.isnan(decoded[0]) and decoded[1] == 0 and decoded[2] == pytest.approx(0.1, rel=code.step)


def test_values_out_of_range_are_clamped_and_never_sky_or_unknown():
    codes = COARSE.encode(np.array([1e-6, 1e6], np.float32))
    assert codes.tolist() == [1, COARSE.sky - 1]
