# SPDX-License-Identifier: Apache-2.0
"""Recordings of a camera and a lidar: points are projected to where the camera sees them."""

import numpy as np
import pytest
from stereo_recordings import FOCAL, HEIGHT, PERIOD, START, WIDTH, camera_info, header, raw, t, wall, write_bag

from optidepthnet_ros.recordings.recognise import SceneOptions, open_all
from optidepthnet_ros.recordings.scene import DataError

# The lidar looks along its x axis, 0.5 m left of the camera: the camera's x is the lidar's -y, y is -z, z is x.
TRANSFORM = 'translation: [-0.5, 0, 0]\nrotation: [0.5, -0.5, 0.5, 0.5]\n'
POINTS = np.array([[10, -0.5, 0], [20, -0.5, 0.01], [5, 0.5, 1], [-10, 0, 0], [np.nan, 0, 0]], np.float32)
IMAGE, CLOUD = '/camera/image', '/lidar/points'


def cloud(points, stamp):
    """Return a PointCloud2 with intensity and padding, as lidar drivers publish it."""
    fields = [t['sensor_msgs/msg/PointField'](name, 4 * i, 7, 1) for i, name in enumerate(('x', 'y', 'z', 'intensity'))]
    data = np.zeros((len(points), 6), np.float32)
    data[:, :3] = points
    step = data.strides[0]
    return t['sensor_msgs/msg/PointCloud2'](
        header(stamp), 1, len(points), fields, False, step, step * len(points), data.view(np.uint8).ravel(), False
    )


@pytest.fixture
def transform(tmp_path):
    path = tmp_path / 'lidar.yaml'
    path.write_text(TRANSFORM)
    return path


def messages(count=2):
    for index in range(count):
        stamp = START + index * PERIOD
        yield '/camera/camera_info', stamp, camera_info(0.0)
        yield IMAGE, stamp + 1, raw(wall(index)[0], stamp)
        yield CLOUD, stamp + 2, cloud(POINTS, stamp + 3_000_000)


def test_points_are_projected_into_the_image_and_the_nearest_counts(tmp_path, transform):
    (scene,) = open_all([write_bag(tmp_path / 'drive', messages())], SceneOptions(lidar=transform))
    assert (scene.name, len(scene), scene.source, scene.camera.fx) == ('drive', 2, 'measured', FOCAL)
    image, depth = scene.read(1)
    np.testing.assert_array_equal(image, wall(1)[0])
    expected = np.full((HEIGHT, WIDTH), np.nan, np.float32)
    expected[96, 160] = 10  # on the axis, in front of the second point
    expected[96 - 50, 160 - 50] = 5  # 1 m to the left and 1 m up, at 5 m
    np.testing.assert_allclose(depth, expected)
    assert scene.notes == ('2 pairs of 2 images and 2 point clouds, stamps within 5 ms; depth from /lidar/points',)


@pytest.mark.parametrize(
    'content, message',
    [
        ('translation: [0, 0, 0]', r'lidar.yaml: not a transform \(KeyError.* it needs translation'),
        ('translation: [0, 0]\nrotation: [0, 0, 0, 1]', 'lidar.yaml: not a transform'),
        ('translation: [0, 0, 0]\nrotation: [0, 0, 1, 1]', r'rotation is \[0, 0, 1, 1\], not of length 1'),
    ],
)
def test_unusable_transforms_are_named(tmp_path, transform, content, message):
    transform.write_text(content)
    with pytest.raises(ValueError, match=message):
        open_all([write_bag(tmp_path / 'drive', messages())], SceneOptions(lidar=transform))


def test_several_clouds_are_distinguished_by_name(tmp_path, transform):
    other = ('/lidar/other', START + 5, cloud(POINTS, START))
    bag = write_bag(tmp_path / 'drive', [*messages(), other])
    with pytest.raises(
        DataError,
        match=r'images \(found: /camera/image\) and one of PointCloud2 \(found: /lidar/points, /lidar/other\)',
    ):
        open_all([bag], SceneOptions(lidar=transform))
    (scene,) = open_all([bag], SceneOptions(lidar=transform, topics=(CLOUD, IMAGE)))
    assert np.isfinite(scene.read(0)[1]).sum() == 2


def test_a_truncated_cloud_is_named(tmp_path, transform):
    def damaged():
        for topic, time, message in messages():
            if topic == CLOUD:
                message.data = message.data[:-8]
            yield topic, time, message

    (scene,) = open_all([write_bag(tmp_path / 'drive', damaged())], SceneOptions(lidar=transform))
    with pytest.raises(DataError, match=f'{CLOUD} at .* ns: a 5x1 point cloud of 24 bytes a point'):
        scene.read(0)
