# SPDX-License-Identifier: Apache-2.0
"""Recordings can be used for training, and the disk is never filled."""

import pytest
from rosbags.typesys import Stores, get_typestore
from stereo_recordings import WIDTH, recording

from optidepthnet_ros.finetuning.pair_bag import DiskFull, PairBag
from optidepthnet_ros.recordings.recognise import open_scenes
from optidepthnet_ros.recordings.scene import DataError

_TYPES = get_typestore(Stores.ROS2_JAZZY)


def serialised(messages):
    return [
        (topic, message.__msgtype__, bytes(_TYPES.serialize_cdr(message, message.__msgtype__)))
        for topic, _, message in messages
    ]


def test_a_recording_opens_as_a_scene(tmp_path):
    bag = PairBag(tmp_path / 'recordings' / 'drive', keep_free=0)
    messages = list(recording(3))
    for first in range(0, len(messages), 4):
        bag.write(serialised(messages[first : first + 4]), messages[first][1])
    bag.close(keep=True)
    (scene,) = open_scenes(tmp_path / 'recordings')
    assert (scene.name, len(scene), scene.rig.camera.width) == ('drive', 3, WIDTH)


def test_changed_bytes_are_not_trained_on(tmp_path):
    bag = PairBag(tmp_path / 'drive', keep_free=0)
    messages = list(recording(3))
    bag.write(serialised(messages), messages[0][1])
    bag.close(keep=True)
    (file,) = (tmp_path / 'drive').glob('*.mcap')
    content = bytearray(file.read_bytes())
    middle = len(content) // 2  # in the pixels of an image
    content[middle : middle + 5000] = bytes(5000)
    file.write_bytes(content)
    with pytest.raises(DataError, match='checksum mismatch'):
        open_scenes(tmp_path / 'drive')


def test_a_recording_is_refused_if_too_little_disk_space_is_free(tmp_path):
    with pytest.raises(DiskFull, match='are free on this disk, less than the 1000000000.0 GB'):
        PairBag(tmp_path / 'drive', keep_free=10**18)
    assert not (tmp_path / 'drive').exists()


@pytest.mark.parametrize('messages, keep', [((), True), (tuple(recording(1)), False)])
def test_an_empty_or_rejected_recording_is_deleted(tmp_path, messages, keep):
    bag = PairBag(tmp_path / 'drive', keep_free=0)
    bag.write(serialised(messages), 1)
    bag.close(keep)
    assert not (tmp_path / 'drive').exists()
