# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest
from sensor_msgs.msg import PointCloud2

from optidepthnet_ros.geometry.camera import Camera
from optidepthnet_ros.ros.conversions.point_cloud_message import CloudOptions, write_cloud

CAMERA = Camera(4, 3, 2.0, 4.0, 1.5, 1.0)
DEPTH = np.array([[1, 2, 3, 4], [np.nan, np.inf, -np.inf, 5], [6, 7, 8, 9]], np.float32)


def structured(message):
    """Read the points using only name, offset and step, as PCL and RViz do."""
    assert all(field.datatype == 7 and field.count == 1 for field in message.fields)
    dtype = np.dtype(
        {
            'names': [field.name for field in message.fields],
            'formats': ['f4'] * len(message.fields),
            'offsets': [field.offset for field in message.fields],
            'itemsize': message.point_step,
        }
    )
    assert len(message.data) == message.row_step * message.height
    return np.frombuffer(message.data, dtype).reshape(message.height, message.width)


def test_points_lie_on_the_rays_of_their_pixels():
    message = PointCloud2()
    write_cloud(message, DEPTH, CAMERA)
    points = structured(message)
    finite = np.isfinite(DEPTH)
    v, u = np.nonzero(finite)
    np.testing.assert_array_equal(points['z'][finite], DEPTH[finite])
    np.testing.assert_allclose(points['x'][finite], (u - 1.5) / 2 * DEPTH[finite])
    np.testing.assert_allclose(points['y'][finite], (v - 1.0) / 4 * DEPTH[finite])
    for name in 'xyz':
        assert np.isnan(points[name][~finite]).all()
    assert not message.is_dense and points.dtype.names == ('x', 'y', 'z')


@pytest.mark.parametrize('padding', [0, 2])
def test_colour_is_packed_as_rviz_reads_it(padding):
    bgr = np.random.default_rng(1).integers(0, 256, (3, 4 + padding, 3), np.uint8)[:, :4]
    message = PointCloud2()
    write_cloud(message, DEPTH, CAMERA, bgr)
    packed = np.ascontiguousarray(structured(message)['rgb']).view(np.uint32)
    assert not (packed >> 24).any()  # an upper byte of 255 would turn the float into NaN
    np.testing.assert_array_equal(np.stack([packed & 255, packed >> 8 & 255, packed >> 16], axis=-1), bgr)


def test_gray_images_give_gray_points():
    message = PointCloud2()
    write_cloud(message, DEPTH, CAMERA, np.full((3, 4), 7, np.uint8))
    assert (np.ascontiguousarray(structured(message)['rgb']).view(np.uint32) == 0x070707).all()


def test_a_message_is_reused_with_other_fields_and_sizes():
    message = PointCloud2()
    write_cloud(message, DEPTH, CAMERA, np.zeros((3, 4), np.uint8))
    write_cloud(message, DEPTH[:2], CAMERA.cropped(0, 0, 4, 2))
    assert structured(message)['z'].shape == (2, 4)


def test_a_dense_cloud_has_the_finite_points_in_order():
    bgr = np.random.default_rng(1).integers(0, 256, (3, 4, 3), np.uint8)
    organised, dense = PointCloud2(), PointCloud2()
    write_cloud(organised, DEPTH, CAMERA, bgr)
    write_cloud(dense, DEPTH, CAMERA, bgr, CloudOptions(dense=True))
    assert dense.is_dense and (dense.height, dense.width) == (1, 9)
    np.testing.assert_array_equal(structured(dense)[0], structured(organised)[np.isfinite(DEPTH)])


def test_a_dense_cloud_may_be_empty():
    message = PointCloud2()
    write_cloud(message, np.full((3, 4), np.nan, np.float32), CAMERA, options=CloudOptions(dense=True))
    assert message.is_dense and (message.height, message.width, len(message.data)) == (1, 0, 0)


@pytest.mark.parametrize('dense', [False, True])
def test_decimation_keeps_every_nth_point_in_its_place(dense):
    depth = np.random.default_rng(0).uniform(1, 9, (7, 8)).astype(np.float32)
    image = np.arange(56, dtype=np.uint8).reshape(7, 8)
    camera = Camera(8, 7, 5.0, 6.0, 3.7, 3.1)
    every, third = PointCloud2(), PointCloud2()
    write_cloud(every, depth, camera, image)
    write_cloud(third, depth, camera, image, CloudOptions(decimation=3, dense=dense))
    expected = structured(every)[::3, ::3]
    got = structured(third).reshape(expected.shape)
    for name in 'xyz':
        np.testing.assert_allclose(got[name], expected[name], rtol=1e-5, atol=1e-6)
    np.testing.assert_array_equal(got['rgb'].view(np.uint32), expected['rgb'].view(np.uint32))


def test_height_is_measured_upwards_from_the_camera():
    """On a wall 4 m away, the rows lie 1 m above the camera, level with it, and 1 m below it."""
    message, wall = PointCloud2(), np.full((3, 4), 4.0, np.float32)
    for limits, rows in (((-0.5, 0.5), [1]), ((0.5, np.inf), [0]), ((-np.inf, 0.5), [1, 2]), ((-1.0, 1.0), [0, 1, 2])):
        write_cloud(message, wall, CAMERA, options=CloudOptions(min_height=limits[0], max_height=limits[1]))
        assert np.flatnonzero(np.isfinite(structured(message)['z']).all(axis=1)).tolist() == rows
    assert (wall == 4).all()


def test_far_points_lie_on_their_rays_and_unknown_points_are_nan():
    message = PointCloud2()
    write_cloud(message, DEPTH, CAMERA, options=CloudOptions(far_depth=20.0))
    points = structured(message)
    assert points['z'][1, 1] == 20 and points['x'][1, 1] == pytest.approx((1 - 1.5) / 2 * 20)
    assert np.isnan(points['z'][1, [0, 2]]).all()
    # A far point outside the height limits is also removed.
    write_cloud(message, DEPTH, CAMERA, options=CloudOptions(far_depth=20.0, max_height=-1.0))
    assert np.isnan(structured(message)['z'][1, 1])
