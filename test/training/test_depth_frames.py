# SPDX-License-Identifier: Apache-2.0
"""Images with depth are trained on like stereo pairs, alone and together with them, at any window, zoom or flip."""

import json

import cv2
import numpy as np
import pytest
import torch
from depth_recordings import write_depth_scene
from stereo_recordings import BASELINE, DISPARITY, FOCAL, HEIGHT, WIDTH, write_scene
from torch.utils.data import DataLoader, default_collate
from trainings import Training

from optidepthnet_ros.checkpoints.checkpoint import Checkpoint
from optidepthnet_ros.geometry.canonical import CanonicalCamera
from optidepthnet_ros.network.optidepthnet import build_network
from optidepthnet_ros.recordings.recognise import SceneOptions, open_all
from optidepthnet_ros.training.augmentation import Variation
from optidepthnet_ros.training.batches import AlikeBatches
from optidepthnet_ros.training.losses.stereo import LossWeights, stereo_loss
from optidepthnet_ros.training.pairs import PairDataset, VariedPairs
from optidepthnet_ros.training.proxies import ProxyCache

CANONICAL = CanonicalCamera(125.0, 256.0, 0.2)
NEAR, FAR = 2.0, 6.0  # metres
DARK, BRIGHT = 40, 160


def bright_is_near(index):
    """Return an image and depth: a bright board in front of a dark wall; depth is unknown at the left border."""
    random = np.random.default_rng(index)
    y, x = random.integers(10, HEIGHT - 120), random.integers(40, WIDTH - 170)
    image, depth = np.full((HEIGHT, WIDTH, 3), DARK, np.uint8), np.full((HEIGHT, WIDTH), FAR, np.float32)
    board = np.s_[y : y + 110, x : x + 160]
    image[board], depth[board] = BRIGHT, NEAR
    depth[:, :20] = np.nan
    return image + random.integers(0, 20, (HEIGHT, WIDTH, 1), np.uint8), depth


@pytest.fixture(scope='module')
def root(tmp_path_factory):
    """A scene of an RGB-D camera, and one of a stereo rig with depth beside it."""
    root = tmp_path_factory.mktemp('data')
    write_depth_scene(root / 'room', 10, bright_is_near)
    write_scene(root / 'street', 10)
    (root / 'street' / 'left_depth').mkdir()
    cv2.imwrite(str(root / 'street' / 'left_depth' / '000000.png'), np.full((HEIGHT, WIDTH), 8000, np.uint16))
    (root / 'street' / 'left_depth.yaml').write_text('metres_per_unit: 0.001\nsource: lidar\n')
    return root


@pytest.fixture
def frames(root, tmp_path):
    return PairDataset(open_all([root], SceneOptions()), canonical=CANONICAL, proxies=ProxyCache(tmp_path / 'proxies'))


def named(frames, name):
    return next(item for item, (scene, _) in enumerate(frames.items) if scene.name == name)


def test_a_batch_has_both_kinds_and_each_carries_its_depth(frames):
    items = named(frames, 'room'), named(frames, 'street')
    batch = default_collate([frames[item] for item in items])
    assert batch['is_pair'].tolist() == [False, True] and batch['known_source'].tolist() == [1, 1]
    room, street = batch['known'] / CANONICAL.unit
    assert {round(value, 3) for value in room[room.isfinite()].tolist()} == {round(1 / FAR, 3), round(1 / NEAR, 3)}
    assert room[..., :9].isnan().all() and room[..., 11:].isfinite().all()
    torch.testing.assert_close(street, torch.full_like(street, 1 / 8))
    assert batch['left_proxy'][0].isnan().all() and not batch['right'][0].any()
    matched = float(batch['left_proxy'][1].nanmedian()) / CANONICAL.unit
    assert matched == pytest.approx(DISPARITY / (FOCAL * BASELINE), rel=1e-3)
    assert len(list(DataLoader(frames, batch_sampler=AlikeBatches(frames, 20)))) == 1


def test_depth_follows_window_zoom_and_flip(root, tmp_path):
    frames = PairDataset(open_all([root / 'room'], SceneOptions()), canonical=CANONICAL, proxies=ProxyCache(tmp_path))
    varied = VariedPairs(frames, 0, variation=Variation(zoom_probability=1), shapes=((64, 96),))
    zooms = set()
    for position in range(20):
        sample = varied[position]
        inverse, bright = sample['known'][0] / CANONICAL.unit, sample['left'][0] > sample['left'].mean()
        far = inverse.nan_to_num(torch.inf).min()
        zooms.add(round(float(far) * FAR, 2))
        if not bright.any() or inverse.nan_to_num(0).max() < 2 * far:
            continue
        near = inverse > (NEAR / FAR) ** -0.5 * far
        assert (near == bright)[inverse.isfinite()].float().mean() > 0.95
        assert float(inverse.nan_to_num(0).max() / far) == pytest.approx(FAR / NEAR, rel=1e-3)
    assert len(zooms) > 10


def test_a_colour_network_gets_colour_images(root, tmp_path):
    scenes = open_all([root], SceneOptions())
    frames = PairDataset(scenes, canonical=CANONICAL, proxies=ProxyCache(tmp_path), colour=True)
    assert {tuple(frames[named(frames, name)]['left'].shape) for name in ('room', 'street')} == {(3, 96, 160)}


def test_images_without_a_second_view_are_left_out_of_the_terms_that_compare_views(frames):
    alone = default_collate([frames[named(frames, 'street')]])
    both = default_collate([frames[named(frames, name)] for name in ('street', 'room')])
    scales = [torch.full((2, 2, 96 >> scale, 160 >> scale), 0.05, requires_grad=True) for scale in range(4)]
    weights = LossWeights(appearance=1, smoothness=0.1, consistency=1, proxy=1)
    _, expected = stereo_loss([scale[:1] for scale in scales], alone, weights, 0.001)
    loss, terms = stereo_loss(scales, both, weights, 0.001)
    assert terms['proxy'].item() == pytest.approx(expected['proxy'].item(), rel=1e-5)
    for name in ('appearance', 'consistency'):
        assert terms[name].item() == pytest.approx(expected[name].item() / 2, rel=1e-5)
    loss.backward()
    assert all(scale.grad[0].any() and not scale.grad[1].any() for scale in scales)


def off_by(network, scene, proxies):
    """Return the median factor between the left disparity and what was recorded, or else matched."""
    frames = PairDataset([scene], canonical=CANONICAL, proxies=ProxyCache(proxies))
    with torch.inference_mode():
        ratios = []
        for index in (1, len(scene) - 1):
            sample = frames[index]
            truth = torch.where(sample['known'] > 0, sample['known'], sample['left_proxy'])
            disparity = network.eval()(sample['left'].expand(3, -1, -1)[None])[0][0, :1]
            ratios.append((disparity / truth).log().abs())
    return torch.cat(ratios).nanmedian().exp().item()


def test_both_kinds_are_used_in_one_training(root, tmp_path):
    scenes = open_all([root], SceneOptions())
    folder = tmp_path / 'run'
    with Training(
        *('--data', root, '--output', folder, '--licence', 'test', '--recipe', 'stereo', '--network', 'dnano'),
        *('--norm', 'none', '--windows', '64x64', '--canonical-focal', CANONICAL.focal),
        *('--canonical-width', CANONICAL.width, '--baseline', CANONICAL.baseline, '--steps', 30, '--batch-size', 4),
        *('--learning-rate', 4e-3, '--averaging', 0, '--appearance', 0, '--smoothness', 0, '--consistency', 0),
        *('--proxy', 1, '--hold-out-tail', 0.3, '--validate-every', 30, '--workers', 0, '--precision', '32-true'),
    ) as training:
        training.finish()
    checkpoint = Checkpoint.load(folder / 'last.safetensors')
    assert checkpoint.provenance.training_data == (
        '6 stereo pairs of 1 scenes: street; then 6 images with depth of 1 scenes: room'
    )
    before, after = build_network('dnano', norm='none'), checkpoint.build()
    for scene in scenes:
        assert off_by(after, scene, folder / 'proxies') < 1.4 < 1.8 < off_by(before, scene, folder / 'proxies')
    metrics = json.loads((folder / 'progress.json').read_text())['metrics']
    assert metrics['depth'] > 0 and metrics['photometric'] > 0 and metrics['proxy_outliers'] < 0.5
    preview = cv2.imread(str(folder / 'preview.png'))
    assert preview.shape == (4 * 96, 4 * 160, 3)
