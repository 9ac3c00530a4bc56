# SPDX-License-Identifier: Apache-2.0
"""What the other view sees is computed from disparities alone, and disparities gain nothing by hiding their errors."""

import pytest
import torch
from torch.nn.functional import interpolate

from optidepthnet_ros.training.losses.stereo import LossWeights, stereo_loss
from optidepthnet_ros.training.losses.visibility import MAX_LEFT_OUT, seen_by_left, seen_by_right

WIDTH, HEIGHT = 64, 32
ROWS = slice(8, 24)  # of the square, which has 10 pixels of disparity, in front of a wall with 4
COLUMNS = torch.arange(WIDTH)


def maps(wall, square, start):
    """Return a disparity map (1, 1, H, W) with a square of 16 columns from ``start`` on."""
    disparity = torch.full((1, 1, HEIGHT, WIDTH), wall / WIDTH)
    disparity[..., ROWS, start : start + 16] = square / WIDTH
    return disparity


LEFT, RIGHT = maps(4, 10, 24), maps(4, 10, 14)


@pytest.fixture
def batch():
    """Return both views, textured."""
    random = torch.Generator().manual_seed(0)
    wall, square = (
        interpolate(torch.rand(1, 1, HEIGHT // 2, 40, generator=random), (HEIGHT, 80), mode='bicubic') for _ in range(2)
    )
    left, right = wall[..., :WIDTH].clone(), wall[..., 4 : 4 + WIDTH].clone()
    left[..., ROWS, 24:40] = right[..., ROWS, 14:30] = square[..., ROWS, 24:40]
    return {
        'left': left.clamp(0, 1),
        'right': right.clamp(0, 1),
        'width_of_one': torch.tensor([WIDTH]),
        'is_pair': torch.tensor([True]),
    }


def appearance(batch, left, right, occlusion):
    return stereo_loss([torch.cat((left, right), dim=1)], batch, LossWeights(appearance=1, occlusion=occlusion), 0.0)[0]


def test_what_a_square_hides_and_what_is_outside_the_view_are_not_seen():
    expected = torch.ones(1, 1, HEIGHT, WIDTH, dtype=torch.bool)
    expected[..., :4] = False
    expected[..., ROWS, 18:24] = False
    assert torch.equal(seen_by_right(LEFT), expected)
    expected[:] = True
    expected[..., 60:] = False
    expected[..., ROWS, 30:36] = False
    assert torch.equal(seen_by_left(RIGHT), expected)


def test_a_slanted_surface_does_not_hide_itself():
    slanted = (8 + 0.3 * COLUMNS).expand(1, 1, HEIGHT, -1) / WIDTH
    assert seen_by_right(slanted)[..., 12:].all()


def test_maps_that_hide_too_much_count_as_fully_visible():
    """All teeth of a sawtooth end up on a few columns; of two pictures, only this one counts as fully visible."""
    saw = ((COLUMNS % 16) / WIDTH).expand(1, 1, HEIGHT, -1)
    seen = seen_by_right(torch.cat((saw, LEFT)))
    assert seen[0].all() and not seen[1].all()
    assert seen[1].float().mean() > 1 - MAX_LEFT_OUT


def test_the_true_disparities_gain_and_others_stay_above_them(batch):
    """Whatever they hide: planes, and teeth of many widths and depths, some of which hide nearly a third."""
    truth = appearance(batch, LEFT, RIGHT, occlusion=True)
    assert truth < 0.3 * appearance(batch, LEFT, RIGHT, occlusion=False)
    hidden = []
    for period in (6, 8, 12, 16, 32, 64):
        for depth in (0, 2, 3, 4, 6, 8, 12, 15):
            # The second half of each tooth is nearer, and hides as much of the wall before it.
            teeth = (4 + depth * (COLUMNS % period >= period / 2)).expand(1, 1, HEIGHT, -1) / WIDTH
            hidden.append(1 - seen_by_right(teeth).float().mean().item())
            assert appearance(batch, teeth, teeth.flip(-1), occlusion=True) > 2 * truth
    assert max(hidden) > 0.25  # otherwise this test would prove nothing


def test_hidden_pixels_have_no_gradient(batch):
    """Except those at the edge of what is seen, because appearance is compared in windows of three."""
    left = (LEFT + 0.4 / WIDTH).requires_grad_()
    appearance(batch, left, RIGHT, occlusion=True).backward()
    assert (left.grad[..., 10:22, 20:22] == 0).all() and (left.grad[..., :3] == 0).all()
    assert (left.grad[..., 10:22, 26:38] != 0).float().mean() > 0.9
