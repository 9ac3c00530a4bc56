import pytest
import torch

from optidepthnet_ros.training.packed.views import cut
from optidepthnet_ros.training.packed.windows import WindowDrawer

FOCAL = 240.0


def test_every_window_lies_within_its_picture(store):
    drawer = WindowDrawer(store, [1.0, 0.0], FOCAL, seed=0)
    shapes = set()
    for _ in range(40):
        items, window, shape = drawer.draw(4)
        shapes.add(shape)
        views = cut(store, items, window, shape, FOCAL, True)
        assert not torch.isnan(views.log_inverse[:, 0]).any()
    assert shapes == set(drawer.shapes)


def test_folders_come_in_their_shares_and_scenes_with_the_root_of_their_size(store):
    drawer = WindowDrawer(store, [0.75, 0.25], FOCAL, seed=0)
    items = torch.cat([drawer.draw(64)[0] for _ in range(100)])
    share = torch.bincount(items, minlength=4) / len(items)
    root = 2**0.5  # scene 0 has two samples, scene 1 has one
    expected = 0.75 * torch.tensor([root / 2, root / 2, 1]) / (root + 1)
    torch.testing.assert_close(share, torch.cat([expected, torch.tensor([0.25])]), atol=0.02, rtol=0)


def test_the_same_seed_draws_the_same(store):
    first, second = (WindowDrawer(store, [1.0, 1.0], FOCAL, seed=3).draw(8) for _ in range(2))
    assert torch.equal(first[0], second[0]) and torch.equal(first[1].centre, second[1].centre)


def test_held_out_scenes_are_never_drawn_and_something_must_be_left(store):
    drawer = WindowDrawer(store, [1.0, 1.0], FOCAL, seed=0, held_out=frozenset({'scene0'}))
    assert set(torch.cat([drawer.draw(16)[0] for _ in range(10)]).tolist()) == {2, 3}
    with pytest.raises(ValueError, match='no samples to train on'):
        WindowDrawer(store, [1.0, 0.0], FOCAL, seed=0, held_out=frozenset({'scene0', 'scene1'}))
