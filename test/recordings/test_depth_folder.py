# SPDX-License-Identifier: Apache-2.0
"""Depth scenes as folders, and depth beside the left view of stereo scenes."""

import cv2
import numpy as np
import pytest
from depth_recordings import millimetres, room, write_depth_scene, write_depth_yaml
from stereo_recordings import FOCAL, HEIGHT, WIDTH, write_scene

from optidepthnet_ros.recordings.recognise import open_scenes
from optidepthnet_ros.recordings.scene import DataError
from optidepthnet_ros.training.split import split_tails


def test_a_folder_is_read_as_images_and_metres(tmp_path):
    write_depth_scene(tmp_path / 'room', 2)
    (scene,) = open_scenes(tmp_path)
    assert (scene.name, len(scene), scene.source, scene.camera.fx) == ('room', 2, 'measured', FOCAL)
    image, depth = scene.read(1)
    expected_image, expected_depth = room(1)
    np.testing.assert_array_equal(image, expected_image)
    np.testing.assert_allclose(depth, expected_depth, rtol=1e-6)
    assert depth.dtype == np.float32
    assert scene.describe(1).endswith('room/rgb/000001.png') and scene.number(1) == 1


@pytest.mark.parametrize(
    'source, kind, nothing', [('rgb-d camera', 'measured', np.nan), ('rendered', 'rendered', np.inf)]
)
def test_zero_is_unknown_if_measured_and_infinite_if_rendered(tmp_path, source, kind, nothing):
    def views(index):
        image, depth = room(index)
        depth[:50] = 0
        return image, depth

    write_depth_scene(tmp_path / 'room', 1, views, source)
    (scene,) = open_scenes(tmp_path / 'room')
    depth = scene.read(0)[1]
    assert scene.source == kind
    np.testing.assert_array_equal(depth[:50], nothing)
    assert np.isfinite(depth[50:]).all()


def test_depth_may_be_smaller_but_not_of_another_shape(tmp_path):
    write_depth_scene(tmp_path / 'room', 2)
    for index, size in enumerate([(WIDTH // 2, HEIGHT // 2), (WIDTH // 2, HEIGHT)]):
        cv2.imwrite(str(tmp_path / 'room' / 'depth' / f'{index:06d}.png'), millimetres(np.ones(size[::-1], np.float32)))
    (scene,) = open_scenes(tmp_path / 'room')
    assert scene.read(0)[1].shape == (HEIGHT // 2, WIDTH // 2)
    with pytest.raises(
        DataError, match='000001.png: the depth is 160x192, but the image is 320x192: give depth aligned'
    ):
        scene.read(1)


@pytest.mark.parametrize(
    'content, message',
    [
        ('source: rendered', r'depth.yaml: does not say what depth means \(KeyError.*it needs metres_per_unit'),
        ('metres_per_unit: 0\nsource: rendered', 'depth.yaml: metres_per_unit is 0.0, but must be positive'),
        ('metres_per_unit: 1\nsource: guess', "depth.yaml: source is 'guess', but must be one of rgb-d camera"),
        (None, 'depth.yaml: cannot be read'),
    ],
)
def test_depth_without_a_valid_depth_yaml_is_refused(tmp_path, content, message):
    write_depth_scene(tmp_path / 'room', 1)
    if content is None:
        (tmp_path / 'room' / 'depth.yaml').unlink()
    else:
        (tmp_path / 'room' / 'depth.yaml').write_text(content)
    with pytest.raises(DataError, match=message):
        open_scenes(tmp_path / 'room')


def test_damaged_depth_is_named(tmp_path):
    write_depth_scene(tmp_path / 'room', 1)
    path = tmp_path / 'room' / 'depth' / '000000.png'
    path.write_bytes(path.read_bytes()[:100])
    (scene,) = open_scenes(tmp_path / 'room')
    with pytest.raises(DataError, match='depth/000000.png: not a readable image: it was cut short'):
        scene.read(0)


def test_a_stereo_scene_may_have_depth_of_its_left_view(tmp_path):
    write_scene(tmp_path / 'street', 10)
    (tmp_path / 'street' / 'left_depth').mkdir()
    write_depth_yaml(tmp_path / 'street' / 'left_depth.yaml', 1 / 256, 'teacher')
    depth = np.arange(1, 961, dtype=np.uint16).reshape(24, 40)
    cv2.imwrite(str(tmp_path / 'street' / 'left_depth' / '000008.png'), depth)
    (scene,) = open_scenes(tmp_path / 'street')
    metres, source = scene.left_depth(8)
    np.testing.assert_array_equal(metres, depth / np.float32(256))
    assert source == 'teacher'
    assert scene.left_depth(0) is None
    (part,), (tail,) = split_tails([scene], 0.2)
    assert part.left_depth(0) is None and tail.left_depth(0)[1] == 'teacher'


def test_a_stereo_scene_without_depth_has_none(tmp_path):
    write_scene(tmp_path / 'street', 1)
    (scene,) = open_scenes(tmp_path / 'street')
    assert scene.left_depth(0) is None


def test_the_end_of_a_depth_scene_is_a_depth_scene(tmp_path):
    write_depth_scene(tmp_path / 'room', 5)
    (scene,) = open_scenes(tmp_path / 'room')
    (part,), (tail,) = split_tails([scene], 0.2)
    assert (len(part), len(tail), tail.number(0)) == (4, 1, 4)
    assert (tail.name, tail.source, tail.camera) == (scene.name, scene.source, scene.camera)
    np.testing.assert_array_equal(tail.read(0)[0], scene.read(4)[0])
