# SPDX-License-Identifier: Apache-2.0
import math
from dataclasses import replace

import pytest
import torch

from optidepthnet_ros.training.losses.relative import relative_error
from optidepthnet_ros.training.losses.right_view import carried_over
from optidepthnet_ros.training.packed.objective import TRUST, Objective
from optidepthnet_ros.training.packed.views import Views

UNIT, WIDTH = 0.09, 640.0


@pytest.fixture
def objective():
    return Objective(UNIT, WIDTH)


def wall(depth, height=32, width=64, source=2):
    """Return views with a wall in the first label and nothing in the second."""
    known = torch.full((1, 1, height, width), -math.log(depth))
    views = torch.cat([known, torch.full_like(known, torch.nan)], 1)
    sky = torch.zeros(1, 1, height, width, dtype=torch.bool)
    return Views(torch.zeros(1, 3, height, width), views, sky, torch.tensor([[source, 0]]))


def bowl(height=32, width=64):
    """Return views with a relative label, neither constant nor symmetric; nothing in the second label."""
    relative = torch.linspace(0.1, 1, width).square() + torch.linspace(0, 0.5, height)[:, None]
    known = relative.log()[None, None]
    views = wall(3.0, height, width, source=5)
    return replace(views, log_inverse=torch.cat([known, torch.full_like(known, torch.nan)], 1))


def answer(depth, height=32, width=64):
    return tuple(
        torch.full((1, 2, height // 2**scale, width // 2**scale), UNIT / depth, requires_grad=True)
        for scale in range(4)
    )


def test_the_truth_costs_nothing(objective):
    assert objective(answer(3.0), wall(3.0)).item() == pytest.approx(0, abs=1e-5)


@pytest.mark.parametrize('depth', [1.5, 6.0])
def test_half_or_double_the_depth_cost_the_same_in_both_views_at_all_scales(objective, depth):
    expected = math.log(2) * (1 + 0.5 + 0.25 + 0.125 + objective.right)
    assert objective(answer(depth), wall(3.0)).item() == pytest.approx(expected, rel=1e-4)


def test_matched_depth_counts_less_than_measured_depth(objective):
    measured, matched = (objective(answer(6.0), wall(3.0, source=source)).item() for source in (1, 3))
    assert matched == pytest.approx(measured / 2, rel=1e-4)


@pytest.mark.parametrize('weight', [0.0, 0.3, 1.0])
def test_a_teacher_counts_with_the_given_weight(weight):
    measured, taught = (
        Objective(UNIT, WIDTH, TRUST | {'teacher': weight})(answer(6.0), wall(3.0, source=source)).item()
        for source in (1, 4)
    )
    assert taught == pytest.approx(weight * measured, rel=1e-4)


def test_a_relative_label_costs_nothing_at_any_scale_and_shift(objective):
    views, disparities = bowl(), answer(3.0)
    target = views.log_inverse[:, 0, None].exp()
    for scale, shift in ((0.01, 0.02), (0.05, 0.001)):
        finest = (scale * target + shift).expand(-1, 2, -1, -1)
        assert objective((finest, *disparities[1:]), views).item() == pytest.approx(0, abs=1e-5)


def test_a_relative_label_costs_by_its_weight_and_its_gradient_lowers_the_cost(objective):
    views = bowl()
    target = views.log_inverse[:, 0, None].exp()
    finest = (0.01 * target.flip(3) + 0.02).expand(-1, 2, -1, -1).clone().requires_grad_()
    cost = objective((finest, *answer(3.0)[1:]), views)
    assert cost.item() == pytest.approx(TRUST['relative'] * relative_error(finest[:, :1], target, torch.ones(1)).item())
    cost.backward()
    assert finest.grad[:, 0].any() and finest.grad.isfinite().all() and not finest.grad[:, 1].any()
    with torch.no_grad():
        better = finest - 1e-4 * finest.grad.sign()
    assert objective((better, *answer(3.0)[1:]), views) < cost


def test_with_a_relative_label_flat_output_and_unknown_parts_have_finite_gradients(objective):
    views, disparities = bowl(), answer(3.0)
    views.log_inverse[:, 0, :8] = torch.nan
    objective(disparities, views).backward()
    assert disparities[0].grad.isfinite().all() and not disparities[0].grad[:, :, :8].any()


def test_a_local_error_costs_more_than_a_constant_one(objective):
    """The mean error is the same, but it is constant in one output and in a few columns of the other."""
    views = wall(3.0)
    finest, *rest = answer(3.0)
    shifted, smeared = finest.detach().clone(), finest.detach().clone()
    shifted *= math.exp(0.1)
    smeared[..., 28:34] *= math.exp(0.1 * 64 / 6)
    costs = [Objective(UNIT, WIDTH, right=0)((first, *rest), views).item() for first in (shifted, smeared)]
    assert costs[0] == pytest.approx(0.1, rel=1e-3) and costs[1] > 1.2 * costs[0]


def test_the_sky_may_be_arbitrarily_far_but_not_near(objective):
    views = wall(3.0)
    views.sky[:] = True
    assert objective(answer(200.0), views).item() == 0
    assert objective(answer(12.0), views).item() == pytest.approx(objective.sky * math.log(10), rel=1e-4)


def test_a_pixel_of_sky_weighs_the_same_in_images_with_little_and_much_sky(objective):
    views = wall(3.0)
    views.sky[..., :16] = True  # a quarter
    assert objective(answer(3.0), views).item() == pytest.approx(objective.sky * math.log(40) / 4, rel=1e-4)


def test_unknown_labels_cost_nothing_and_have_a_gradient_of_zero(objective):
    views, disparities = wall(3.0, source=0), answer(5.0)
    views.log_inverse[:] = torch.nan
    objective(disparities, views).backward()
    assert all(not disparity.grad.any() for disparity in disparities)


def test_the_right_view_sees_near_objects_shifted_and_in_front():
    target = torch.full((1, 1, 1, 40), math.log(2 / WIDTH))  # two pixels
    target[..., 20:25] = math.log(10 / WIDTH)
    right = carried_over(target, WIDTH)[0, 0, 0].exp() * WIDTH
    assert right[10:15].tolist() == pytest.approx([10] * 5, rel=1e-4)
    assert right[:10].tolist() == pytest.approx([2] * 10, rel=1e-4)
    assert torch.isnan(right[18:23]).all() and torch.isnan(right[38:]).all()  # seen by the right camera alone
