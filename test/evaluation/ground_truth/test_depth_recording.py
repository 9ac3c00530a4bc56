# SPDX-License-Identifier: Apache-2.0
"""Depth recordings are used as ground truth as they are."""

import cv2
import numpy as np
import pytest
import yaml

from optidepthnet_ros.evaluation.ground_truth import recognise
from optidepthnet_ros.evaluation.ground_truth.depth_recording import DepthRecordingTruth
from optidepthnet_ros.evaluation.ground_truth.frame import GroundTruthError


@pytest.fixture
def scenes(tmp_path):
    """Write two scenes of two frames: 2 m, but 1 m in the upper left quarter; the last pixel is unknown."""
    for name in ('hall', 'office'):
        scene = tmp_path / name
        for folder in ('rgb', 'depth'):
            (scene / folder).mkdir(parents=True)
        depth = np.full((24, 32), 2000, np.uint16)
        depth[:12, :16], depth[-1, -1] = 1000, 0
        for index in range(2):
            cv2.imwrite(str(scene / 'rgb' / f'{index:06d}.png'), np.full((48, 64, 3), 80, np.uint8))
            cv2.imwrite(str(scene / 'depth' / f'{index:06d}.png'), depth)
        projection = [60.0, 0, 31.5, 0, 0, 60.0, 23.5, 0, 0, 0, 1, 0]
        calibration = {'image_width': 64, 'image_height': 48, 'projection_matrix': {'data': projection}}
        (scene / 'camera.yaml').write_text(yaml.safe_dump(calibration))
        (scene / 'depth.yaml').write_text('metres_per_unit: 0.001\nsource: rgb-d camera\n')
    return tmp_path


def test_all_scenes_below_a_folder_are_read_at_the_size_of_the_image(scenes):
    assert recognise(scenes) == recognise(scenes / 'hall') == 'recording'
    truth = DepthRecordingTruth(scenes)
    assert truth.names == ['hall_000000', 'hall_000001', 'office_000000', 'office_000001']
    frame = truth.read('office_000001')
    assert frame.depth.shape == (48, 64) and frame.pixels().shape == (48, 64, 3)
    assert frame.depth[0, 0] == 1 and frame.depth[30, 40] == 2 and np.isnan(frame.depth[-1, -1])
    assert (frame.camera.width, frame.camera.fx) == (64, 60)


def test_a_frame_without_any_depth_is_named(scenes):
    cv2.imwrite(str(scenes / 'hall' / 'depth' / '000001.png'), np.zeros((24, 32), np.uint16))
    with pytest.raises(GroundTruthError, match=r'000001.png: no pixel has depth'):
        DepthRecordingTruth(scenes).read('hall_000001')


def test_a_folder_without_scenes_is_refused(tmp_path):
    with pytest.raises(GroundTruthError, match='no depth recording'):
        DepthRecordingTruth(tmp_path)
