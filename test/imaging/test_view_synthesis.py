# SPDX-License-Identifier: Apache-2.0
"""Warping the other view moves pixels by exactly their disparity, in the right direction."""

import pytest
import torch

from optidepthnet_ros.imaging.view_synthesis import warp_left_from_right, warp_right_from_left

WIDTH, SHIFT = 64, 5


@pytest.fixture
def pair():
    """A plane that is 5 pixels farther left in the right view: left[x] = right[x - 5]."""
    scene = torch.rand(2, 3, 16, WIDTH + SHIFT, generator=torch.Generator().manual_seed(0))
    return scene[..., :WIDTH], scene[..., SHIFT:]


def test_a_known_shift_rebuilds_both_views_inside_the_border(pair):
    left, right = pair
    disparity = torch.full((2, 1, 16, WIDTH), SHIFT / WIDTH)
    rebuilt_left, rebuilt_right = warp_left_from_right(right, disparity), warp_right_from_left(left, disparity)
    assert (rebuilt_left - left)[..., SHIFT:].abs().max() < 1e-4
    assert (rebuilt_right - right)[..., :-SHIFT].abs().max() < 1e-4


def test_pixels_outside_the_other_view_are_zero(pair):
    left, right = pair
    disparity = torch.full((2, 1, 16, WIDTH), SHIFT / WIDTH)
    assert (warp_left_from_right(right, disparity)[..., : SHIFT - 1] == 0).all()
    assert (warp_right_from_left(left, disparity)[..., -SHIFT + 1 :] == 0).all()


def test_gradients_are_right():
    generator = torch.Generator().manual_seed(0)
    image = torch.rand(1, 2, 3, 8, generator=generator, dtype=torch.double, requires_grad=True)
    # Away from whole pixels, where linear interpolation has a kink.
    disparity = (torch.rand(1, 1, 3, 8, generator=generator, dtype=torch.double) * 0.8 + 0.1) / 8
    for warp in (warp_left_from_right, warp_right_from_left):
        assert torch.autograd.gradcheck(warp, (image, disparity.detach().requires_grad_()))
