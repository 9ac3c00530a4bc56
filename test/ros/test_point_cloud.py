import numpy as np
import pytest
from sensor_msgs.msg import PointCloud2

from optidepthnet_ros.camera import Camera
from optidepthnet_ros.ros.point_cloud import write_cloud

CAMERA = Camera(4, 3, 2.0, 4.0, 1.5, 1.0)
DEPTH = np.array([[1, 2, 3, 4], [np.nan, np.inf, -np.inf, 5], [6, 7, 8, 9]], np.float32)


def structured(message):
    """Read by name, offset and step alone, as PCL and RViz do."""
    assert all(field.datatype == 7 and field.count == 1 for field in message.fields)
    dtype = np.dtype({'names': [field.name for field in message.fields], 'formats': ['f4'] * len(message.fields),
                      'offsets': [field.offset for field in message.fields], 'itemsize': message.point_step})
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


@pytest.mark.parametrize('padding', (0, 2))
def test_colour_is_packed_as_rviz_reads_it(padding):
    bgr = np.random.default_rng(1).integers(0, 256, (3, 4 + padding, 3), np.uint8)[:, :4]
    message = PointCloud2()
    write_cloud(message, DEPTH, CAMERA, bgr)
    packed = np.ascontiguousarray(structured(message)['rgb']).view(np.uint32)
    assert not (packed >> 24).any()  # an upper byte of 255 would make a NaN of the float
    np.testing.assert_array_equal(np.stack([packed & 255, packed >> 8 & 255, packed >> 16], axis=-1), bgr)


def test_gray_is_coloured_gray():
    message = PointCloud2()
    write_cloud(message, DEPTH, CAMERA, np.full((3, 4), 7, np.uint8))
    assert (np.ascontiguousarray(structured(message)['rgb']).view(np.uint32) == 0x070707).all()


def test_a_message_is_used_again_with_other_fields_and_sizes():
    message = PointCloud2()
    write_cloud(message, DEPTH, CAMERA, np.zeros((3, 4), np.uint8))
    write_cloud(message, DEPTH[:2], CAMERA.cropped(0, 0, 4, 2))
    assert structured(message)['z'].shape == (2, 4)
