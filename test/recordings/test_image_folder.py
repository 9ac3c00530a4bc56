# SPDX-License-Identifier: Apache-2.0
import cv2
import numpy as np
import pytest
from stereo_recordings import HEIGHT, WIDTH, wall, write_calibration

from optidepthnet_ros.recordings.image_folder import ImageFolderScene
from optidepthnet_ros.recordings.scene import DataError


@pytest.fixture
def folder(tmp_path):
    (tmp_path / 'hall' / 'rgb').mkdir(parents=True)
    for name in ('b', 'a'):
        cv2.imwrite(str(tmp_path / 'hall' / 'rgb' / f'{name}.png'), cv2.merge([wall()[0]] * 3))
    write_calibration(tmp_path / 'hall' / 'camera.yaml')
    return tmp_path / 'hall'


def test_images_and_their_camera_are_a_scene(folder):
    scene = ImageFolderScene(folder)
    assert (scene.name, len(scene), scene.camera.width) == ('hall', 2, WIDTH)
    assert scene.describe(0).endswith('a.png')
    np.testing.assert_array_equal(scene.read(1)[..., 0], wall()[0])


def test_images_of_another_size_and_folders_without_images_are_named(folder, tmp_path):
    write_calibration(folder / 'camera.yaml', width=WIDTH * 2)
    with pytest.raises(DataError, match=f'a.png: {WIDTH}x{HEIGHT}, but the calibration is for {2 * WIDTH}x{HEIGHT}'):
        ImageFolderScene(folder).read(0)
    with pytest.raises(DataError, match='no images: expected rgb/ with images and camera.yaml'):
        ImageFolderScene(tmp_path)
