# SPDX-License-Identifier: Apache-2.0
"""Image and depth stay together, whatever the view: the brightness of these pictures encodes their depth."""

import math

import numpy as np
import pytest
import torch
from training.packed.conftest import FOCAL, picture

from optidepthnet_ros.training.packed.views import Window, cut


def window(zoom=1.0, roll=0.0, mirror=1.0, centre=(99.5, 74.5)):
    return Window(
        torch.tensor([zoom]), torch.tensor([roll]), torch.tensor([mirror]), torch.tensor([centre], dtype=torch.float32)
    )


def test_the_whole_picture_at_its_own_focal_length_is_unchanged(store):
    views = cut(store, torch.tensor([1]), window(), (150, 200), FOCAL)
    gray, inverse = picture(seed=1)
    assert np.abs(255 * views.image[0, 0].numpy() - gray).mean() < 1.5  # WebP
    np.testing.assert_allclose(views.log_inverse[0, 0].exp().numpy(), inverse, rtol=1e-3)
    assert torch.isnan(views.log_inverse[0, 1]).all() and views.source.tolist() == [[2, 0]]


@pytest.mark.parametrize('zoom, roll, mirror', [(1.0, 0.0, -1.0), (1.5, 0.0, 1.0), (0.8, 0.1, 1.0), (1.3, -0.2, -1.0)])
def test_depth_follows_the_picture(store, zoom, roll, mirror):
    views = cut(store, torch.tensor([2]), window(zoom, roll, mirror), (61, 80), FOCAL)
    inverse = (views.log_inverse[0, 0] - math.log(zoom)).exp()  # depth is divided by the zoom
    assert not torch.isnan(inverse).any()
    error = 255 * views.image[0, 0] / 200 - inverse
    assert error.abs().mean() < 0.012


def test_a_mirrored_view_is_flipped(store):
    plain, mirrored = (
        cut(store, torch.tensor([1]), window(mirror=mirror), (100, 100), FOCAL) for mirror in (1.0, -1.0)
    )
    torch.testing.assert_close(mirrored.image, plain.image.flip(3))
    torch.testing.assert_close(mirrored.log_inverse[:, :1], plain.log_inverse[:, :1].flip(3))


def test_channels_are_rgb_unknown_stays_unknown_and_sky_has_no_depth(store):
    views = cut(store, torch.tensor([3]), window(), (150, 200), FOCAL)
    red, green, blue = views.image[0].mean((1, 2)).tolist()
    assert red == pytest.approx(green, rel=0.02) and blue == pytest.approx(red / 2, rel=0.05)
    assert torch.isnan(views.log_inverse[0, 0, :39]).all() and not torch.isnan(views.log_inverse[0, 0, 41:]).any()
    assert not views.sky[0, 0, :19].any() and views.sky[0, 0, 21:39].all() and not views.sky[0, 0, 41:].any()
    assert not torch.isnan(views.log_inverse[0, 1]).any()
    assert views.source.tolist() == [[1, 4]]


def test_outside_the_picture_depth_is_unknown(store):
    views = cut(store, torch.tensor([1]), window(centre=(0.0, 74.5)), (20, 40), FOCAL)
    assert torch.isnan(views.log_inverse[0, 0, :, :19]).all() and not torch.isnan(views.log_inverse[0, 0, :, 21:]).any()
