# SPDX-License-Identifier: Apache-2.0
"""Held-out frames are evaluated only if nearly all of them can be read."""

import pytest
from stereo_recordings import write_scene

from optidepthnet_ros.evaluation.fine_tuned.held_out import compare_on_held_out
from optidepthnet_ros.evaluation.protocol import Protocol
from optidepthnet_ros.recordings.recognise import open_scenes
from optidepthnet_ros.recordings.scene import DataError


@pytest.mark.parametrize('frames, refused', [(20, False), (19, True)])
def test_one_of_twenty_may_be_damaged(tmp_path, frames, refused):
    write_scene(tmp_path / 'street', frames)
    (tmp_path / 'street' / 'right' / '000003.png').write_bytes(b'')
    scenes = open_scenes(tmp_path / 'street')
    if refused:
        with pytest.raises(DataError, match='1 of 19 held-out frames cannot be read, more than 5%, such as .*000003'):
            compare_on_held_out(scenes, [], Protocol(), limit=100)
    else:
        assert len(compare_on_held_out(scenes, [], Protocol(), limit=100).frames) == 19
