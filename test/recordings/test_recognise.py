# SPDX-License-Identifier: Apache-2.0
"""The kind of a recording is recognised by the contents of its path."""

from pathlib import Path

import pytest
from stereo_recordings import recording, write_bag, write_drive, write_scene

from optidepthnet_ros.recordings.recognise import SceneOptions, open_all, open_scenes
from optidepthnet_ros.recordings.scene import DataError


@pytest.fixture
def root(tmp_path):
    write_scene(tmp_path / 'folders' / 'street', 2)
    write_drive(tmp_path / 'kitti' / '2011_09_26' / '2011_09_26_drive_0001_sync', range(3))
    write_bag(tmp_path / 'bags' / 'monday', recording(1))
    write_bag(tmp_path / 'bags' / 'tuesday', recording(2))
    return tmp_path


@pytest.mark.parametrize(
    'path, names',
    [
        ('folders', ['street']),
        ('folders/street', ['street']),
        ('kitti', ['2011_09_26_drive_0001_sync']),
        ('kitti/2011_09_26', ['2011_09_26_drive_0001_sync']),
        ('bags', ['monday', 'tuesday']),
        ('bags/monday', ['monday']),
        ('bags/tuesday/tuesday.mcap', ['tuesday']),
    ],
)
def test_each_kind_is_recognised(root, path, names):
    assert [scene.name for scene in open_scenes(root / path)] == names


def test_the_working_directory_is_called_by_its_name(root, monkeypatch):
    monkeypatch.chdir(root / 'folders' / 'street')
    assert [scene.name for scene in open_all([Path()], SceneOptions())] == ['street']


def test_kinds_can_be_mixed(root):
    (root / 'kitti' / 'street').symlink_to(root / 'folders' / 'street')
    (root / 'kitti' / 'monday').symlink_to(root / 'bags' / 'monday')
    assert {scene.name for scene in open_scenes(root / 'kitti')} == {'street', '2011_09_26_drive_0001_sync', 'monday'}


def test_a_path_without_a_recording_is_refused_with_what_was_expected(root):
    (root / 'empty').mkdir()
    with pytest.raises(DataError, match="empty: no recording: expected left/ and right/ .* KITTI's .* rosbag2"):
        open_scenes(root / 'empty')
    with pytest.raises(DataError, match='nowhere: no such file or folder'):
        open_scenes(root / 'nowhere')


@pytest.mark.parametrize(
    'options, message',
    [
        (SceneOptions(topics=('/left', '/right')), '--topics /left /right is for rosbag2 recordings'),
        (SceneOptions(split='frames.txt'), "--split frames.txt is for KITTI's raw recordings"),
    ],
)
def test_options_without_effect_are_refused(root, options, message):
    with pytest.raises(DataError, match=message):
        open_all([root / 'folders'], options)


@pytest.mark.parametrize('tolerance', [-0.1, float('nan'), float('inf')])
def test_an_invalid_tolerance_is_refused(tolerance):
    with pytest.raises(DataError, match=f'--stamp-tolerance is {tolerance}'):
        SceneOptions(stamp_tolerance=tolerance)


def test_scenes_with_the_same_name_are_refused(root):
    write_scene(root / 'more' / 'street', 1)
    with pytest.raises(DataError, match="two scenes are called 'street'.*folders/street.*more/street"):
        open_all([root / 'folders', root / 'more'], SceneOptions())
