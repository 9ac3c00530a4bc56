# SPDX-License-Identifier: Apache-2.0
"""The demonstration's bag has rosbag2's layout and REP-103's frames, and its messages can be read back."""

import numpy as np
import yaml
from rosbags.highlevel import AnyReader

from optidepthnet_ros.ros.demo.bag import BAG_FILES, Record, optical_frame_record, read_bag, write_bag

RECORD = optical_frame_record('camera_optical_frame', 1_500_000_007)


def test_folder_is_a_rosbag2_bag_of_one_mcap_file(tmp_path):
    (tmp_path / 'other.txt').touch()
    write_bag(tmp_path, [RECORD])
    assert {path.name for path in tmp_path.iterdir()} == {*BAG_FILES, 'other.txt'}
    metadata = yaml.safe_load((tmp_path / 'metadata.yaml').read_text())['rosbag2_bagfile_information']
    assert metadata['storage_identifier'] == 'mcap'
    assert metadata['relative_file_paths'] == ['demo.mcap']
    # Without this QoS, a viewer that starts later does not get the player's static transform.
    (profile,) = metadata['topics_with_message_count'][0]['topic_metadata']['offered_qos_profiles']
    assert (profile['durability'], profile['reliability']) == ('transient_local', 'reliable')


def test_messages_are_read_back_unchanged(tmp_path):
    write_bag(tmp_path, [RECORD, RECORD._replace(received=RECORD.received + 1)])
    with AnyReader([tmp_path]) as reader:  # with the types that the file itself defines
        records = [
            Record(connection.topic, connection.msgtype, time, bytes(data))
            for connection, time, data in reader.messages()
        ]
    assert records == [RECORD, RECORD._replace(received=RECORD.received + 1)]


def test_writing_again_replaces_the_bag(tmp_path):
    write_bag(tmp_path, [RECORD, RECORD])
    write_bag(tmp_path, [RECORD])
    assert len(list(read_bag(tmp_path, ['/tf_static']))) == 1


def test_topics_that_are_not_in_the_bag_give_no_messages(tmp_path):
    write_bag(tmp_path, [RECORD])
    assert list(read_bag(tmp_path, ['/image'])) == []


def test_optical_axis_points_along_x_of_camera_link(tmp_path):
    write_bag(tmp_path, [RECORD])
    ((_, _, message),) = read_bag(tmp_path, ['/tf_static'])
    (transform,) = message.transforms
    assert (transform.header.frame_id, transform.child_frame_id) == ('camera_link', 'camera_optical_frame')
    q = transform.transform.rotation
    np.testing.assert_allclose(_rotated(q, (0, 0, 1)), (1, 0, 0), atol=1e-12)  # ahead
    np.testing.assert_allclose(_rotated(q, (1, 0, 0)), (0, -1, 0), atol=1e-12)  # right
    np.testing.assert_allclose(_rotated(q, (0, 1, 0)), (0, 0, -1), atol=1e-12)  # down


def _rotated(q, vector):
    u = np.array([q.x, q.y, q.z])
    return vector + 2 * np.cross(u, np.cross(u, vector) + q.w * np.array(vector))
