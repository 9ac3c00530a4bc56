# SPDX-License-Identifier: Apache-2.0
import pytest
import torch

from optidepthnet_ros.training.packed.photometric import exposed, luminance, vary


@pytest.fixture
def images():
    return torch.rand(64, 3, 24, 32, generator=torch.Generator().manual_seed(1))


def test_luminance_keeps_gray_and_weighs_green_most():
    colours = torch.eye(3)[..., None, None]
    assert luminance(colours)[:, 0, 0, 0].tolist() == pytest.approx([0.299, 0.587, 0.114])
    assert luminance(torch.full((1, 3, 2, 2), 0.4)).unique().tolist() == pytest.approx([0.4])


@pytest.mark.parametrize('channels', [1, 3])
def test_varied_pictures_stay_in_range_and_most_but_not_all_change(images, channels):
    images = images[:, :channels]
    varied = vary(images, torch.Generator().manual_seed(0))
    assert varied.shape == images.shape and 0 <= varied.min() and varied.max() <= 1
    unchanged = (varied - images).abs().flatten(1).amax(1) < 1e-6
    assert 1 <= unchanged.sum() <= 24  # the chance is 0.4 * 0.65 * 0.5, in colour 0.6 times that


def test_brightness_and_colour_change_uniformly_over_a_picture():
    flat = torch.tensor([0.2, 0.4, 0.3])[None, :, None, None].expand(64, -1, 24, 32)
    spread = vary(flat, torch.Generator().manual_seed(0)).flatten(2).std(2).amax(1)
    assert (spread < 1e-6).any() and spread.max() < 0.06  # noise alone, 0.04 at most


@pytest.mark.parametrize('brightness', [0.2, 0.5, 1.0])
def test_exposure_brings_the_median_to_the_typical_value(brightness):
    ramp = brightness * torch.linspace(0, 1, 32).expand(1, 1, 24, 32)
    assert 255 * exposed(ramp).median().item() == pytest.approx(72, rel=0.1)
