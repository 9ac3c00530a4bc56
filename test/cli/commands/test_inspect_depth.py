# SPDX-License-Identifier: Apache-2.0
"""`optidepthnet inspect-data` on small depth recordings, sound ones and ones that cannot be used for training."""

import cv2
import numpy as np
import pytest
from depth_recordings import millimetres, room, write_depth_scene, write_depth_yaml
from stereo_recordings import wall, write_scene

from optidepthnet_ros.cli import main
from optidepthnet_ros.recordings.checks import check_scenes
from optidepthnet_ros.recordings.recognise import open_scenes
from optidepthnet_ros.recordings.scene import DataError


def shifted(index):
    image, depth = room(index)
    return image, np.roll(depth, (-5, 9), (0, 1))


def of_another_moment(index):
    return room(index)[0], room(index + 200)[1]


def empty(index):
    return room(index)[0], np.zeros_like(room(index)[1])


def row_of(name, output):
    return next(line for line in output.splitlines() if line.startswith(name)).split()


def test_sound_depth_is_measured_along_with_stereo(tmp_path, capsys):
    write_depth_scene(tmp_path / 'data' / 'room', 3)
    write_scene(tmp_path / 'data' / 'street', 1)
    assert main(['inspect-data', f'{tmp_path}/data', '--output', f'{tmp_path}/out']) == 0
    output = capsys.readouterr().out
    _, frames, size, source, known, median, _, right, down, clarity, *unreadable = row_of('room', output)
    assert (frames, size, source, known, median) == ('3', '320x192', 'measured', '100.0%', '4.00')
    assert (right, down, unreadable) == ('+0,', '+0', ['0', 'of', '3'])
    assert float(clarity) > 20
    assert '3 frames in 1 scenes' in output
    assert '1 pairs in 1 scenes' in output


def test_the_picture_shows_depth_edges_on_the_image(tmp_path):
    write_depth_scene(tmp_path / 'room', 1)
    main(['inspect-data', f'{tmp_path}/room', '--output', f'{tmp_path}/out'])
    picture = cv2.imread(str(tmp_path / 'out' / 'contact_sheet.png'))[-240:]
    image, overlaid = picture[:, :400], picture[:, 400:800]
    np.testing.assert_array_equal(image, cv2.resize(room(0)[0], (400, 240), interpolation=cv2.INTER_AREA))
    marked = (image != overlaid).any(axis=2)
    depth = cv2.resize(room(0)[1], (400, 240), interpolation=cv2.INTER_NEAREST)
    jumps = cv2.dilate(cv2.Canny((depth * 50).astype(np.uint8), 20, 40), np.ones((7, 7)))
    assert marked.any()
    assert not marked[jumps == 0].any()


@pytest.mark.parametrize(
    'views, message',
    [
        (shifted, r'depth edges are off image edges by \+9 px to the right and -5 px down, more than 4\.0: give depth'),
        (of_another_moment, r'depth and images do not show the same edges: their correlation is -?\d\.\d times chance'),
        (empty, r'depth is known in 0\.00% of the pixels, less than 0\.2%: check that the depth images are not empty'),
    ],
)
def test_unusable_depth_is_refused_with_the_measured_value(tmp_path, capsys, views, message):
    write_depth_scene(tmp_path / 'good', 6)
    write_depth_scene(tmp_path / 'bad', 6, views)
    assert main(['inspect-data', f'{tmp_path}']) == 2
    captured = capsys.readouterr()
    assert captured.err.startswith('optidepthnet inspect-data: 1 of 2 scenes cannot be used for training: bad: ')
    assert 'CANNOT BE USED' in captured.out
    with pytest.raises(DataError, match=message) as refusal:
        check_scenes(open_scenes(tmp_path), sample=6)
    assert str(refusal.value) in captured.err


@pytest.mark.parametrize(
    'unit, message',
    [(1.0, r'depth is 4000 m \(median\), not within 0\.2 to 200 m: check its unit'), (1e-6, r'depth is 0\.004 m')],
)
def test_a_wrong_unit_is_refused(tmp_path, unit, message):
    write_depth_scene(tmp_path / 'room', 2)
    write_depth_yaml(tmp_path / 'room' / 'depth.yaml', unit)
    with pytest.raises(DataError, match=message):
        check_scenes(open_scenes(tmp_path))


def test_depth_beside_the_left_view_is_checked_as_well(tmp_path):
    def views(index):
        right = wall(index)[1]
        return cv2.cvtColor(room(index)[0], cv2.COLOR_BGR2GRAY), right

    write_scene(tmp_path / 'street', 3, views)
    (tmp_path / 'street' / 'left_depth').mkdir()
    write_depth_yaml(tmp_path / 'street' / 'left_depth.yaml', source='teacher')
    for index in range(3):
        cv2.imwrite(str(tmp_path / 'street' / 'left_depth' / f'{index:06d}.png'), millimetres(shifted(index)[1]))
    message = r'street: .*depth of the left view: depth edges are off image edges by \+9 px to the right and -5 px down'
    with pytest.raises(DataError, match=message):
        check_scenes(open_scenes(tmp_path))


def test_sparse_or_edgeless_depth_is_not_judged(tmp_path, capsys):
    def sparse(index):
        image, depth = room(index)
        return image, np.where(np.random.default_rng(index).random(depth.shape) < 0.05, depth, 0)

    def edgeless(index):
        return room(index)[0], np.full_like(room(index)[1], 2)

    write_depth_scene(tmp_path / 'lidar', 6, sparse)
    write_depth_scene(tmp_path / 'wall', 6, edgeless)
    assert main(['inspect-data', f'{tmp_path}']) == 0
    output = capsys.readouterr().out
    assert 'depth is too sparse to judge alignment: 5.' in output
    assert 'too few depth edges to judge alignment, in 0 frames' in output


def test_a_shift_is_not_concluded_from_two_frames(tmp_path):
    write_depth_scene(tmp_path / 'two', 2, shifted)
    assert main(['inspect-data', f'{tmp_path}']) == 0
