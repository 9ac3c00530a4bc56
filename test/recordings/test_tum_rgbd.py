# SPDX-License-Identifier: Apache-2.0
"""TUM RGB-D recordings: frames are paired by stamp, depth is in 1/5000 m, cameras are known by name or file."""

import cv2
import numpy as np
import pytest
from depth_recordings import room
from stereo_recordings import FOCAL, HEIGHT, WIDTH, write_calibration

from optidepthnet_ros.recordings.recognise import open_scenes
from optidepthnet_ros.recordings.scene import DataError

START, PERIOD = 1305031453, 1 / 30


def write_recording(folder, frames=3, delay=0.01, size=(WIDTH, HEIGHT)):
    """Write colour and, ``delay`` seconds later, depth; one more depth image comes first."""
    lists = {'rgb': ['# color images', "# file: 'x.bag'", '# timestamp filename'], 'depth': ['# depth maps']}
    for index in range(-1, frames):
        image, depth = room(max(index, 0))
        pictures = {'rgb': image, 'depth': (depth * 5000).astype(np.uint16)}
        for name, stamp in (('rgb', START + index * PERIOD), ('depth', START + index * PERIOD + delay)):
            if name == 'rgb' and index < 0:
                continue
            (folder / name).mkdir(parents=True, exist_ok=True)
            picture = cv2.resize(pictures[name], size, interpolation=cv2.INTER_NEAREST)
            cv2.imwrite(str(folder / name / f'{stamp:.6f}.png'), picture)
            lists[name].append(f'{stamp:.6f} {name}/{stamp:.6f}.png')
    for name, lines in lists.items():
        (folder / f'{name}.txt').write_text('\n'.join(lines) + '\n')


def test_frames_are_paired_by_stamp(tmp_path):
    write_recording(tmp_path / 'desk')
    write_calibration(tmp_path / 'desk' / 'camera.yaml')
    (scene,) = open_scenes(tmp_path)
    assert (scene.name, len(scene), scene.source, scene.camera.fx) == ('desk', 3, 'measured', FOCAL)
    assert scene.notes == ('3 frames of 3 colour and 4 depth images, stamps within 20 ms',)
    for index in range(3):
        image, depth = scene.read(index)
        np.testing.assert_array_equal(image, room(index)[0])
        np.testing.assert_allclose(depth, room(index)[1], rtol=1e-6)


@pytest.mark.parametrize(
    'name, focal, rectified',
    [
        ('rgbd_dataset_freiburg1_desk', 517.3, True),
        ('rgbd_dataset_freiburg2_xyz', 520.9, True),
        ('fr3_cabinet', 535.4, False),
    ],
)
def test_the_cameras_of_the_data_set_are_known(tmp_path, name, focal, rectified):
    write_recording(tmp_path / name, 1, size=(640, 480))
    (scene,) = open_scenes(tmp_path / name)
    assert (scene.camera.width, scene.camera.height, scene.camera.fx) == (640, 480, focal)
    image, depth = scene.read(0)
    stored = cv2.resize(room(0)[0], (640, 480), interpolation=cv2.INTER_NEAREST)
    assert np.array_equal(image, stored) == (not rectified)
    assert set(np.unique(depth[np.isfinite(depth)]).round(3).tolist()) == {1.5, 2.0, 2.5, 4.0}
    # Rectification does not move the principal point.
    centre = np.s_[round(scene.camera.cy), round(scene.camera.cx)]
    assert depth[centre] == pytest.approx(cv2.resize(room(0)[1], (640, 480), interpolation=cv2.INTER_NEAREST)[centre])


def test_an_unknown_camera_must_be_given(tmp_path):
    write_recording(tmp_path / 'desk')
    with pytest.raises(DataError, match='desk: the camera is unknown.* freiburg1, .* camera.yaml'):
        open_scenes(tmp_path / 'desk')


@pytest.mark.parametrize(
    'content, message',
    [
        ('1.5', "rgb.txt: not a list of lines 'SECONDS FILE'"),
        ('then rgb/1.png', "rgb.txt: not a list of lines 'SECONDS FILE'"),
        ('17.5 rgb/1.png', '0 frames of 1 colour and 4 depth images, stamps within 20 ms: check that rgb.txt'),
        ('# nothing', '0 frames of 0 colour and 4 depth images'),
    ],
)
def test_unusable_lists_are_named(tmp_path, content, message):
    write_recording(tmp_path / 'fr3_desk')
    (tmp_path / 'fr3_desk' / 'rgb.txt').write_text(content)
    with pytest.raises(DataError, match=message):
        open_scenes(tmp_path / 'fr3_desk')
