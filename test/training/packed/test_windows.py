# SPDX-License-Identifier: Apache-2.0
import pytest
import torch

from optidepthnet_ros.training.packed.held_out import HeldOut, tails, whole_scenes
from optidepthnet_ros.training.packed.views import cut
from optidepthnet_ros.training.packed.windows import WindowDrawer

FOCAL = 240.0
SHAPE = (112, 130)


@pytest.fixture
def random():
    return torch.Generator().manual_seed(0)


def test_every_window_lies_within_its_picture(store, random):
    drawer = WindowDrawer(store, [1.0, 0.0], FOCAL)
    for shape in 10 * drawer.shapes:
        items, window = drawer.draw(4, shape, random)
        views = cut(store, items, window, shape, FOCAL)
        assert not torch.isnan(views.log_inverse[:, 0]).any()


def test_folders_are_drawn_by_share_and_scenes_by_the_square_root_of_their_size(store, random):
    drawer = WindowDrawer(store, [0.75, 0.25], FOCAL)
    items = torch.cat([drawer.draw(64, SHAPE, random)[0] for _ in range(100)])
    share = torch.bincount(items, minlength=4) / len(items)
    root = 2**0.5  # scene 0 has two samples, scene 1 has one
    expected = 0.75 * torch.tensor([root / 2, root / 2, 1]) / (root + 1)
    torch.testing.assert_close(share, torch.cat([expected, torch.tensor([0.25])]), atol=0.02, rtol=0)


def test_the_same_random_numbers_draw_the_same_windows(store):
    drawer = WindowDrawer(store, [1.0, 1.0], FOCAL)
    first, second = (drawer.draw(8, SHAPE, torch.Generator().manual_seed(3)) for _ in range(2))
    assert torch.equal(first[0], second[0]) and torch.equal(first[1].centre, second[1].centre)


def test_the_end_of_each_scene_is_held_out_if_samples_are_left_before_it(store):
    assert tails(store, 0.5) == HeldOut((1,), frozenset({1}))


def test_held_out_scenes_are_never_drawn_and_others_must_be_left(store, random):
    drawer = WindowDrawer(store, [1.0, 1.0], FOCAL, left_out=whole_scenes(store, {'scene0'}).left_out)
    assert set(torch.cat([drawer.draw(16, SHAPE, random)[0] for _ in range(10)]).tolist()) == {2, 3}
    with pytest.raises(ValueError, match='no samples to train on'):
        WindowDrawer(store, [1.0, 0.0], FOCAL, left_out=whole_scenes(store, {'scene0', 'scene1'}).left_out)
