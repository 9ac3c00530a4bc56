# SPDX-License-Identifier: Apache-2.0
"""Samples for training: correct geometry, balanced over scenes, from real calibration files."""

import os
import shutil

import cv2
import numpy as np
import pytest
import torch
from forked import Forked
from torch.utils.data import DataLoader, default_collate

from optidepthnet_ros.geometry.canonical import CanonicalCamera
from optidepthnet_ros.imaging.view_synthesis import warp_left_from_right, warp_right_from_left
from optidepthnet_ros.recordings.folder import folder_scenes
from optidepthnet_ros.recordings.scene import DataError
from optidepthnet_ros.training.augmentation import Variation
from optidepthnet_ros.training.batches import AlikeBatches
from optidepthnet_ros.training.losses.stereo import of_width
from optidepthnet_ros.training.pairs import PairDataset, Rehearsal, VariedPairs
from optidepthnet_ros.training.proxies import ProxyCache
from optidepthnet_ros.training.split import split_scenes

DISPARITY, WIDTH, HEIGHT = 12, 320, 96
FOCAL = 200.0  # of the scenes
CANONICAL = CanonicalCamera(100.0, 256.0, 0.2)
SHAPES = ((40, 120), (45, 99))
VARIATION = Variation(zoom_probability=1, photometric_probability=0.5)


@pytest.fixture
def root(tmp_path, write_scene):
    write_scene(tmp_path / 'data' / 'large', 9, 0.2)
    write_scene(tmp_path / 'data' / 'small', 1, 0.1)
    return tmp_path / 'data'


@pytest.fixture
def pairs(root):
    return dataset(root)


def dataset(root, **options):
    return PairDataset(folder_scenes(root), canonical=CANONICAL, proxies=ProxyCache(root / 'proxies'), **options)


def cut_short(path):
    path.write_bytes(path.read_bytes()[:500])


def test_scenes_are_found_with_their_rigs(root):
    scenes = folder_scenes(root)
    assert [(scene.name, len(scene), round(scene.rig.baseline, 6)) for scene in scenes] == [
        ('large', 9, 0.2),
        ('small', 1, 0.1),
    ]
    assert [len(scene) for scene in folder_scenes(root / 'large')] == [9]


def test_a_whole_sample_carries_its_disparity_and_its_rig(root, pairs):
    """A pair at half the size, of a rig with half the network's baseline."""
    sample = pairs[9]
    assert sample['left'].shape == (1, 48, 160) and sample['left'].dtype == torch.float32
    assert sample['source'] == str(root / 'small' / 'left' / '000000.png')
    assert sample['width_of_one'] == pytest.approx(256 * 0.1 / 0.2)
    depth = FOCAL * 0.1 / DISPARITY
    for name in ('left_proxy', 'right_proxy'):
        assert np.nanmedian(sample[name]) == pytest.approx(CANONICAL.unit / depth, rel=1e-3)
        assert np.nanmedian(sample[name]) * sample['width_of_one'] == pytest.approx(DISPARITY / 2, rel=1e-3)


def test_a_varied_sample_is_rebuilt_by_its_disparity(pairs):
    """For any window, zoom, rig, flip or shade, the warp of the losses makes one view from the other."""
    varied = VariedPairs(pairs, seed=0, shapes=SHAPES, variation=VARIATION)
    shifts = set()
    for position in range(40):
        batch = default_collate([varied[position]])
        width = batch['left'].shape[-1]
        for view, rebuild, other in (('left', warp_left_from_right, 'right'), ('right', warp_right_from_left, 'left')):
            disparity = of_width(batch[f'{view}_proxy'].nanmedian().expand(1, 1, 1, width), batch)
            shifts.add(round(float(disparity[..., 0]) * width, 2))
            rebuilt = rebuild(batch[other], disparity.expand_as(batch[other]))[..., 20:-20]
            image = batch[view][..., 20:-20]
            assert (rebuilt - image).abs().mean() < 0.25 * image.std()
    assert len(shifts) > 20 and min(shifts) < 5.5 and max(shifts) > 7  # 6 at zoom 1


def test_a_batch_has_one_shape_and_mixes_scenes(pairs):
    varied = VariedPairs(pairs, seed=0, shapes=SHAPES, batch_size=8)
    batches = [[varied[position] for position in range(first, first + 8)] for first in range(0, 80, 8)]
    assert {tuple(batch[0]['left'].shape[1:]) for batch in batches} == set(SHAPES)
    assert all(len({sample['left'].shape for sample in batch}) == 1 for batch in batches)
    assert any(len({float(sample['width_of_one']) for sample in batch}) == 2 for batch in batches)


def test_validation_batches_have_whole_frames_of_one_size(root, write_scene):
    write_scene(root / 'other', 3, 0.2, focal=250.0)
    frames = dataset(root)
    batches = DataLoader(frames, batch_sampler=AlikeBatches(frames, 4))
    assert [batch['left'].shape for batch in batches] == [
        (4, 1, 48, 160),
        (4, 1, 48, 160),
        (1, 1, 48, 160),
        (3, 1, 38, 128),
        (1, 1, 48, 160),
    ]


def test_a_position_is_always_the_same_sample(pairs):
    first, again = (VariedPairs(pairs, seed=3, shapes=SHAPES, variation=VARIATION) for _ in range(2))
    again[0]
    for name, value in first[7].items():
        np.testing.assert_array_equal(again[7][name], value)
    assert not torch.equal(first[7]['left'], VariedPairs(pairs, seed=4)[7]['left'])


def test_small_scenes_are_drawn_more_often_than_in_proportion_to_their_size(pairs):
    varied = VariedPairs(pairs, seed=0, shapes=SHAPES)
    small = np.mean(['/small/left' in varied[position]['source'] for position in range(200)])
    assert small == pytest.approx(1 / (1 + 3), abs=0.09)  # square roots: 1 of 1 + 3, not 1 of 10


@pytest.mark.parametrize(
    'damage, message',
    [
        (lambda scene: (scene / 'right' / '000003.png').write_bytes(b''), '000003.png: not a readable image'),
        (
            lambda scene: cv2.imwrite(str(scene / 'left' / '000003.png'), np.zeros((9, 9), np.uint8)),
            '000003.png: 9x9, but the calibration is for 320x96',
        ),
    ],
)
def test_a_damaged_pair_is_named_once_and_the_next_stands_in(root, damage, message, caplog):
    damage(root / 'large')
    pairs = dataset(root, max_damaged=0.1)
    for _ in range(2):
        assert pairs[3]['source'] == str(root / 'large' / 'left' / '000004.png')
    assert pairs.damaged == [str(root / 'large' / 'left' / '000003.png')]
    assert [message in record.getMessage() for record in caplog.records] == [True]


def test_the_first_pair_stands_in_for_the_last(root):
    cut_short(root / 'large' / 'left' / '000008.png')
    assert dataset(root, max_damaged=0.1)[8]['source'] == str(root / 'large' / 'left' / '000000.png')


def test_reading_processes_share_the_damaged_frames_that_they_find(root, tmp_path):
    """This runs in its own process, because torch's loader forks, and sets a permanent handler of SIGCHLD.

    After DDS, OpenVINO and ONNX Runtime had run in the same process, either of the two crashed Python 3.11.7.
    """
    cut_short(root / 'large' / 'left' / '000003.png')
    with (tmp_path / 'damaged').open('w') as output, (tmp_path / 'errors').open('w') as errors:
        assert Forked('two_readers', [root], os.environ, output, errors).wait(600) == 0
    assert (tmp_path / 'damaged').read_text() == f'{root}/large/left/000003.png\n'


def test_more_damage_than_is_allowed_ends_the_training(root):
    for name in ('000003', '000005'):
        cut_short(root / 'large' / 'left' / f'{name}.png')
    pairs = dataset(root, max_damaged=0.1)
    pairs[3]
    with pytest.raises(DataError, match='2 of 10 frames are damaged, more than 10%, the last one: .*000005.png'):
        pairs[5]


def test_a_scene_without_any_intact_pair_is_named(root):
    cut_short(root / 'small' / 'left' / '000000.png')
    with pytest.raises(DataError, match='all 1 frames of small are damaged'):
        dataset(root, max_damaged=0.1)[9]


def test_a_part_of_a_scene_has_its_own_matches(root):
    """Not those of the pairs at the same position in the other part."""
    training, validation = split_scenes(folder_scenes(root / 'large'), ())
    proxies = ProxyCache(root / 'proxies')
    for scene in (*training, *validation):
        np.testing.assert_array_equal(proxies.read(scene, 0)[0], ProxyCache(root / 'fresh').read(scene, 0)[0])
        shutil.rmtree(root / 'fresh')


def test_folders_without_scenes_are_refused(root, tmp_path):
    with pytest.raises(DataError, match='no scene here'):
        folder_scenes(tmp_path / 'elsewhere')
    for path in (root / 'small' / 'right').iterdir():
        path.unlink()
    with pytest.raises(DataError, match='have no image name in common'):
        folder_scenes(root)


def test_near_objects_of_a_pair_from_a_similar_rig_are_mixed_in(root, write_scene):
    write_scene(root / 'near', 9, 0.2, disparity=30)
    varied = VariedPairs(dataset(root), seed=0, shapes=SHAPES, variation=Variation(depthmix_probability=1))
    seen = {}
    for sample in map(varied.__getitem__, range(100)):
        scene = sample['source'].split('/')[-3]
        shift = float(np.nanmedian(sample['left_proxy']) * sample['width_of_one'])
        seen.setdefault(scene, set()).add(round(shift * FOCAL / CANONICAL.focal))
    assert seen == {'large': {DISPARITY, 30}, 'near': {30}, 'small': {DISPARITY}}


def test_rehearsal_makes_up_its_share(pairs):
    varied = VariedPairs(pairs, seed=0, rehearsal=Rehearsal(frozenset({'small'}), 0.3), shapes=SHAPES)
    sources = [varied[position]['source'] for position in range(150)]
    assert 0.2 < np.mean(['small' in source for source in sources]) < 0.4
