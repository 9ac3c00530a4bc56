# SPDX-License-Identifier: Apache-2.0
"""Each loss is zero where it must be and has the right gradient; together they find the disparity of a plane."""

from functools import partial

import pytest
import torch
from skimage.metrics import structural_similarity as reference_ssim

from optidepthnet_ros.imaging.appearance import appearance_error, structural_similarity
from optidepthnet_ros.imaging.view_synthesis import warp_left_from_right
from optidepthnet_ros.training.losses.consistency import consistency_loss
from optidepthnet_ros.training.losses.hints import better_hints, hint_loss
from optidepthnet_ros.training.losses.proxy import proxy_loss
from optidepthnet_ros.training.losses.smoothness import smoothness_loss
from optidepthnet_ros.training.losses.stereo import LossWeights, stereo_loss
from optidepthnet_ros.training.losses.transfer import transfer_loss

FAR = 0.004


def random(*shape, seed=0):
    return torch.rand(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.double)


def test_ssim_agrees_with_scikit_image():
    x, y = random(1, 1, 20, 30), random(1, 1, 20, 30, seed=1)
    _, expected = reference_ssim(
        x[0, 0].numpy(), y[0, 0].numpy(), win_size=3, data_range=1.0, full=True, use_sample_covariance=False
    )
    actual = structural_similarity(x, y)[0, 0]
    torch.testing.assert_close(actual[1:-1, 1:-1], torch.from_numpy(expected)[1:-1, 1:-1])


def test_equal_images_have_no_appearance_error():
    image = random(2, 3, 8, 9)
    assert appearance_error(image, image).abs().max() < 1e-12
    assert appearance_error(image, 1 - image).min() > 0


def test_appearance_error_of_a_known_case():
    """For two flat images, SSIM is its luminance term alone."""
    black, gray = torch.zeros(1, 1, 4, 4), torch.full((1, 1, 4, 4), 0.5)
    luminance = 0.01**2 / (0.5**2 + 0.01**2)
    expected = 0.85 * (1 - luminance) / 2 + 0.15 * 0.5
    assert appearance_error(black, gray) == pytest.approx(torch.full((1, 1, 4, 4), expected).numpy(), abs=1e-6)


def test_flat_disparity_is_smooth_and_image_edges_allow_jumps():
    step = torch.zeros(1, 1, 4, 8)
    step[..., 4:] = 0.1
    flat_image, edge_image = torch.zeros(1, 1, 4, 8), step * 10
    assert smoothness_loss(torch.full((1, 1, 4, 8), 0.1), edge_image) == 0
    assert smoothness_loss(step, flat_image) == pytest.approx(0.1 / 7)
    assert smoothness_loss(step, edge_image) == pytest.approx(0.1 / 7 * 2.718281828**-1)


def test_constant_disparities_are_consistent_except_at_the_border():
    disparity = torch.full((1, 1, 4, 64), 4 / 64)
    assert consistency_loss(disparity, disparity) == pytest.approx(2 * 4 / 64 * 4 / 64)
    assert consistency_loss(disparity, 2 * disparity) > 0.1


def test_proxy_loss_is_the_log_ratio_where_a_proxy_is_known():
    disparity = torch.tensor([[[[0.1, 0.2, 0.05, 0.05]]]], requires_grad=True)
    proxy = torch.tensor([[[[0.1, 0.1, 0.1, float('nan')]]]])
    loss = proxy_loss(disparity, proxy, FAR)
    assert loss.item() == pytest.approx(2 * 0.6931472 / 3)
    loss.backward()
    assert torch.isfinite(disparity.grad).all() and disparity.grad[..., 3] == 0
    assert proxy_loss(disparity, torch.full_like(proxy, float('nan')), FAR) == 0


def test_in_the_sky_only_disparities_nearer_than_far_are_penalised():
    disparity = torch.tensor([[[[0.001, 0.004, 0.04]]]], requires_grad=True)
    loss = proxy_loss(disparity, torch.zeros(1, 1, 1, 3), FAR)
    assert loss.item() == pytest.approx(2.3025851 / 3)
    loss.backward()
    assert (disparity.grad > 0).tolist() == [[[[False, False, True]]]]


def test_hints_count_where_they_rebuild_the_view_better_and_nowhere_else():
    """A wall at a disparity of 4 of 64 pixels: in the upper half only the hint is right, below only the network."""
    scene = random(1, 1, 24, 68)
    rebuild = partial(warp_left_from_right, scene[..., 4:])
    disparity, hint = (torch.full((1, 1, 24, 64), 4 / 64, dtype=torch.double) for _ in range(2))
    disparity[..., :12, :] *= 2
    hint[..., 12:, :] *= 2
    hint[..., 40:] = float('nan')
    disparity.requires_grad_()
    better = better_hints(hint, disparity, scene[..., :64], rebuild)
    assert better[..., :11, 9:40].float().mean() > 0.95
    assert better[..., 13:, 9:40].float().mean() < 0.05 and not better[..., 40:].any()
    loss = hint_loss(disparity, hint, better)
    assert loss.item() == pytest.approx(0.6931472 * better.sum() / (24 * 40))
    loss.backward()
    assert torch.equal(disparity.grad != 0, better)
    assert hint_loss(disparity, torch.full_like(hint, float('nan')), torch.zeros_like(better)) == 0


def test_transfer_loss_is_the_log_ratio():
    taught = torch.tensor([0.1, 0.2]).view(1, 2, 1, 1)
    assert transfer_loss(torch.full((1, 2, 4, 4), 0.1), taught).item() == pytest.approx(0.6931472 / 2)


@pytest.mark.parametrize(
    'loss',
    [
        lambda x, y: appearance_error(x, y).mean(),
        smoothness_loss,
        lambda x, y: consistency_loss(0.1 + 0.01 * x, 0.1 + 0.01 * y),
        lambda x, y: proxy_loss(x + 0.1, random(1, 1, 5, 6, seed=4) + 0.1, FAR) + 0 * y.sum(),
    ],
    ids=['appearance', 'smoothness', 'consistency', 'proxy'],
)
def test_gradients_are_right(loss):
    x, y = (random(1, 1, 5, 6, seed=seed).requires_grad_() for seed in (2, 3))
    assert torch.autograd.gradcheck(loss, (x, y))


def test_descending_the_whole_loss_finds_the_disparity_of_a_plane():
    """A textured fronto-parallel plane at a disparity of 6 of 64 pixels; one disparity per view is optimised."""
    texture = torch.nn.functional.interpolate(random(1, 1, 4, 9).float(), size=(32, 70), mode='bicubic').clamp(0, 1)
    batch = {'left': texture[..., :64], 'right': texture[..., 6:], 'width_of_one': torch.tensor([1.5 * 64])}
    batch['is_pair'] = torch.tensor([True])
    logit = torch.full((1, 2, 1, 1), -2.0, requires_grad=True)
    optimizer = torch.optim.Adam([logit], 0.02)
    for _ in range(80):
        finest = (0.3 * torch.sigmoid(logit)).expand(-1, -1, 32, 64)
        scales = tuple(finest[..., :: 2**scale, :: 2**scale] for scale in range(4))
        loss, _ = stereo_loss(scales, batch, LossWeights(appearance=1, smoothness=0.1, consistency=1), FAR)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    # The rig's baseline is 1.5 times the network's, so the network's output is two thirds of the shift.
    assert (finest[0, :, 0, 0] * 64 * 1.5).tolist() == pytest.approx([6, 6], abs=0.3)
