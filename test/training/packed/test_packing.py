# SPDX-License-Identifier: Apache-2.0
"""What a teacher places far away in the sky is packed as sky, if the recording is declared to have sky."""

import numpy as np
import pytest
from depth_recordings import write_depth_scene
from stereo_recordings import HEIGHT, WIDTH

from optidepthnet_ros.recordings.recognise import SceneOptions, open_all
from optidepthnet_ros.training.packed.packing import packed_frames

SKY = np.s_[: HEIGHT // 4]


def street(seed):
    """Return a picture of a bright sky over a dark, textured ground, and its depth as a network estimates it."""
    image = np.random.default_rng(seed).integers(20, 90, (HEIGHT, WIDTH, 3), np.uint8)
    depth = np.full((HEIGHT, WIDTH), 8, np.float32)
    image[SKY], depth[SKY] = 230, 30
    return image, depth


@pytest.mark.parametrize(
    'source, sky, value', [('teacher', True, 0), ('teacher', False, 1 / 30), ('rgb-d camera', True, 1 / 30)]
)
def test_far_depth_of_a_teacher_in_the_sky_is_packed_as_sky(tmp_path, source, sky, value):
    write_depth_scene(tmp_path / 'street', 1, street, source)
    (scene,) = open_all([tmp_path / 'street'], SceneOptions())
    damaged = []
    ((_, _, (label,)),) = packed_frames(scene, 288.0, sky, None, damaged)
    assert damaged == []
    np.testing.assert_allclose(label.inverse_depth[2 : HEIGHT // 4 - 4, 4:-4], value)
    np.testing.assert_allclose(label.inverse_depth[HEIGHT // 4 + 2 :], 1 / 8)
