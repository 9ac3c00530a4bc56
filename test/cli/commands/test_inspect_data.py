# SPDX-License-Identifier: Apache-2.0
"""`optidepthnet inspect-data` on small recordings, sound ones and ones that cannot be used for training."""

import cv2
import numpy as np
import pytest
from stereo_recordings import BASELINE, DISPARITY, WIDTH, recording, wall, write_bag, write_calibration, write_scene

from optidepthnet_ros.cli import main
from optidepthnet_ros.recordings.checks import check_scenes
from optidepthnet_ros.recordings.recognise import open_scenes
from optidepthnet_ros.recordings.scene import DataError


def offset(index):
    left, right = wall(index)
    return left, np.roll(right, 3, axis=0)


def swapped(index):
    return wall(index)[::-1]


def rolled(index):
    left, right = wall(index)
    turn = cv2.getRotationMatrix2D((160, 96), 2, 1)
    return left, cv2.warpAffine(right, turn, right.shape[::-1], borderMode=cv2.BORDER_REFLECT)


def twice_the_same(index):
    return (wall(index)[0],) * 2


def blank(index):
    return (np.full_like(wall(index)[0], 128),) * 2


UNFIT = [
    (offset, r'rows are offset by \+3\.0 px, more than 0\.5'),
    (swapped, 'left and right are swapped: 100% of the points are farther right in the right view'),
    (rolled, r'row offsets spread by [3-5]\.\d px, more than 0\.8'),
    (twice_the_same, 'left and right are the same picture: no points are more than 0.00 px apart'),
]


def row_of(name, output):
    return next(line for line in output.splitlines() if line.startswith(name)).split()


def test_sound_recordings_are_measured(tmp_path, capsys):
    write_scene(tmp_path / 'data' / 'street', 3)
    write_bag(tmp_path / 'drive', recording(2))
    assert main(['inspect-data', f'{tmp_path}/data', f'{tmp_path}/drive', '--output', f'{tmp_path}/out']) == 0
    output = capsys.readouterr().out
    for name, pairs in (('street', 3), ('drive', 2)):
        _, count, size, baseline, _, row, _, spread, disparity, matches, unreadable, _, read = row_of(name, output)
        assert (int(count), size, float(baseline), int(unreadable), int(read)) == (pairs, '320x192', BASELINE, 0, pairs)
        assert abs(float(row)) < 0.05 and float(spread) < 0.1
        assert float(disparity) == pytest.approx(DISPARITY, abs=0.1)
        assert int(matches) > 100
    assert '5 pairs in 2 scenes' in output
    assert '2 pairs of 2 left and 2 right images, stamps within 5 ms' in output


def test_the_picture_shows_both_views_and_their_disparity(tmp_path):
    write_scene(tmp_path / 'data' / 'street', 1)
    main(['inspect-data', f'{tmp_path}/data', '--output', f'{tmp_path}/out'])
    picture = cv2.imread(str(tmp_path / 'out' / 'contact_sheet.png'))
    views = picture[-240:, :800].reshape(240, 2, 400, 3)[1:19]  # between two of the drawn lines
    for side, image in enumerate(wall(0)):
        expected = cv2.resize(image, (400, 240), interpolation=cv2.INTER_AREA)[1:19]
        np.testing.assert_array_equal(views[:, side, :, 1], expected)
    colours = picture[-200:-40, 900:1150].reshape(-1, 3)
    assert (colours == np.median(colours, axis=0)).all(axis=1).mean() > 0.9  # a wall has one disparity


@pytest.mark.parametrize('views, message', UNFIT)
def test_unusable_scenes_are_refused_with_the_measured_value(tmp_path, capsys, views, message):
    write_scene(tmp_path / 'good', 2)
    write_scene(tmp_path / 'bad', 2, views)
    assert main(['inspect-data', f'{tmp_path}']) == 2
    captured = capsys.readouterr()
    assert captured.err.startswith('optidepthnet inspect-data: 1 of 2 scenes cannot be used for training: bad: ')
    assert captured.err.count('\n') == 1
    with pytest.raises(DataError, match=message) as refusal:
        check_scenes(open_scenes(tmp_path))
    assert str(refusal.value) in captured.err
    assert 'CANNOT BE USED' in captured.out


def test_a_missing_baseline_is_refused_and_other_paths_are_still_reported(tmp_path, capsys):
    write_scene(tmp_path / 'good', 1)
    write_scene(tmp_path / 'bad', 1)
    write_calibration(tmp_path / 'bad' / 'right.yaml', 0.0)
    assert main(['inspect-data', f'{tmp_path}/bad', f'{tmp_path}/good']) == 2
    captured = capsys.readouterr()
    assert 'bad/right.yaml: baseline is 0.0 m' in captured.err
    assert row_of('good', captured.out)


def test_a_few_damaged_images_are_named_and_many_are_refused(tmp_path, capsys):
    write_scene(tmp_path / 'street', 20)
    images = sorted((tmp_path / 'street' / 'right').iterdir())
    images[4].write_bytes(images[4].read_bytes()[:1000])
    assert main(['inspect-data', f'{tmp_path}/street']) == 0
    captured = capsys.readouterr()
    assert row_of('street', captured.out)[-3:] == ['1', 'of', '20']
    assert f'unreadable: {images[4]}: not a readable image' in captured.out
    images[7].write_bytes(b'')
    assert main(['inspect-data', f'{tmp_path}/street']) == 2
    assert '2 of 20 frames cannot be read, more than 5%' in capsys.readouterr().err


def test_a_scene_with_only_damaged_images_is_refused(tmp_path, capsys):
    write_scene(tmp_path / 'street', 1)
    (tmp_path / 'street' / 'left' / '000000.png').write_bytes(b'')
    assert main(['inspect-data', f'{tmp_path}/street', '--output', f'{tmp_path}']) == 2
    assert 'street: none of 1 frames can be read: ' in capsys.readouterr().err


def test_a_scene_without_texture_is_not_judged(tmp_path, capsys):
    write_scene(tmp_path / 'fog', 2, blank)
    assert main(['inspect-data', f'{tmp_path}/fog']) == 0
    assert 'too few matches to judge alignment and sides: 0' in capsys.readouterr().out


def test_a_sample_reads_only_some_pairs(tmp_path, capsys):
    write_scene(tmp_path / 'street', 7)
    assert main(['inspect-data', f'{tmp_path}/street', '--sample', '2']) == 0
    assert row_of('street', capsys.readouterr().out)[-3:] == ['0', 'of', '2']


def test_large_images_are_measured_in_their_own_pixels(tmp_path, capsys):
    def enlarged(index):
        return [cv2.resize(view, None, fx=4, fy=4, interpolation=cv2.INTER_CUBIC) for view in offset(index)]

    write_scene(tmp_path / 'street', 1, enlarged)
    for side in ('left', 'right'):
        path = tmp_path / 'street' / f'{side}.yaml'
        write_calibration(path, -75.0 if side == 'right' else 0.0, width=4 * WIDTH, height=4 * 192)
    assert main(['inspect-data', f'{tmp_path}/street']) == 2
    assert 'rows are offset by +12.0 px, more than 2.0' in capsys.readouterr().err
