# SPDX-License-Identifier: Apache-2.0
"""Transforms: given ones and those from TF."""

import numpy as np
import pytest
from geometry_msgs.msg import TransformStamped

from optidepthnet_ros.geometry.transform_text import parse_transform
from optidepthnet_ros.ros.support.transforms import NoTransformError, StaticTransform, TfTransforms, matrix_of

FORWARD = 1.0, 2.0, 3.0, 0.5, -0.5, 0.5, 0.5


def transform():
    message = TransformStamped()
    message.header.frame_id, message.child_frame_id = 'camera', 'laser'
    t, r = message.transform.translation, message.transform.rotation
    t.x, t.y, t.z, r.x, r.y, r.z, r.w = FORWARD
    return message


@pytest.mark.parametrize(
    'matrix',
    [StaticTransform(FORWARD).lookup('camera', 'laser', 0), matrix_of(transform().transform)],
    ids=['given', 'message'],
)
def test_a_sensor_with_x_forward_and_z_up_is_rotated_into_the_optical_frame(matrix):
    forward, left, up = np.eye(3)
    for axis, optical in ((forward, (0, 0, 1)), (left, (-1, 0, 0)), (up, (0, -1, 0))):
        np.testing.assert_allclose(matrix[:3, :3] @ axis, optical, atol=1e-12)
    np.testing.assert_array_equal(matrix[:, 3], [1, 2, 3, 1])


def test_a_transform_is_parsed_from_the_text_of_a_parameter():
    assert parse_transform('scale_transform', '1 2 3, 0.5 -0.5 0.5 0.5') == FORWARD
    assert parse_transform('scale_transform', ' ') is None
    for wrong in ('1 2 3', '1 2 3 0 0 0 2', 'a b c d e f g', 'nan 0 0 0 0 0 1', '0 0 0 nan 0 0 1'):
        with pytest.raises(ValueError, match="scale_transform is '.*', but must be 'x y z qx qy qz qw'"):
            parse_transform('scale_transform', wrong)


def test_tf_returns_a_received_transform_and_names_a_missing_one(bare_node):
    pytest.importorskip('tf2_ros', reason='tf2_ros is only part of a full ROS 2')
    transforms = TfTransforms(bare_node, 'set it')
    with pytest.raises(NoTransformError, match='no transform from laser to camera'):
        transforms.lookup('camera', 'laser', 0)
    transforms._buffer.set_transform_static(transform(), 'test')
    np.testing.assert_allclose(transforms.lookup('/camera', 'laser', 10**9)[:3, 3], FORWARD[:3])
    transforms.destroy()
