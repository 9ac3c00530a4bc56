# SPDX-License-Identifier: Apache-2.0
"""`optidepthnet calibrate-scale` measures that depth is 30 % too far, from each kind of evidence."""

import cv2
import numpy as np
import pytest
import yaml
from depth_recordings import room, write_depth_scene
from moving_camera import CAMERA, DISTANCE, seen_from
from stereo_recordings import HEIGHT, PERIOD, START, WIDTH, camera_info, header, raw, t, write_bag, write_calibration

from optidepthnet_ros.cli import main
from optidepthnet_ros.geometry.depth import points_from_depth

WRONG = 1.3
MOVED = 0.2  # metres that the lidar is to the left of the camera
FRAMES = 6


@pytest.fixture(scope='module')
def truth(untrained_checkpoint, tmp_path_factory):
    """Return a function of a frame number: image, true depth (1 / 1.3 of the network's estimate) and camera."""
    from optidepthnet_ros.files.calibration_file import read_camera
    from optidepthnet_ros.inference import DepthEstimator

    path = tmp_path_factory.mktemp('camera') / 'camera.yaml'
    write_calibration(path)
    estimator, camera = DepthEstimator(untrained_checkpoint, threads=1), read_camera(path)

    def view(index):
        image = room(index)[0]
        return image, estimator.estimate(image, camera).depth / np.float32(WRONG), camera

    return view


@pytest.fixture
def calibrate(checkpoint_file, tmp_path, capsys):
    """Return a function that runs the command and returns its exit status, parameters and what it prints."""

    def run(*arguments):
        output = tmp_path / 'out' / 'scale.yaml'
        command = 'calibrate-scale', '--checkpoint', checkpoint_file, '--threads', 1, '--runtime', 'torch'
        status = main([*map(str, (*command, '--output', output, *arguments))])
        written = yaml.safe_load(output.read_text())['/**']['ros__parameters'] if output.exists() else None
        return status, written, capsys.readouterr()

    return run


def test_recorded_depth_gives_the_scale(calibrate, truth, tmp_path, checkpoint_file):
    from optidepthnet_ros.files.atomic import sha256

    write_depth_scene(tmp_path / 'scene', FRAMES, lambda index: truth(index)[:2])
    status, written, text = calibrate('--data', tmp_path / 'scene')
    assert status == 0 and '6 frames or points' in text.out
    assert written['scale_factor'] == pytest.approx(WRONG, rel=0.01) and written['scale_shift'] == 0
    assert written['scale_model'] == sha256(checkpoint_file)
    assert (tmp_path / 'out' / 'scale.png').exists()


def test_correct_depth_needs_no_correction_and_nothing_is_written(calibrate, truth, tmp_path):
    def right(index):
        image, depth, _ = truth(index)
        return image, depth * np.float32(WRONG) * np.float32(1 + 0.01 * (-1) ** index)

    write_depth_scene(tmp_path / 'scene', FRAMES, right)
    status, written, text = calibrate('--data', tmp_path / 'scene')
    assert (status, written) == (1, None) and 'includes 1' in text.out


def test_a_tape_measure_gives_the_scale(calibrate, truth, tmp_path):
    pixels = [(20, 30), (160, 100), (300, 180), (80, 150), (250, 40), (10, 185)]
    image, depth, camera = truth(0)
    cv2.imwrite(str(tmp_path / 'a.png'), image)
    write_calibration(tmp_path / 'camera.yaml')
    distance = np.linalg.norm(points_from_depth(depth, camera), axis=-1)
    measurements = [{'image': 'a.png', 'pixel': [x, y], 'metres': round(float(distance[y, x]), 3)} for x, y in pixels]
    path = tmp_path / 'distances.yaml'
    path.write_text(yaml.safe_dump({'camera': 'camera.yaml', 'measurements': measurements}))
    status, written, _ = calibrate('--distances', path)
    assert status == 0 and written['scale_factor'] == pytest.approx(WRONG, rel=0.02)
    assert calibrate('--distances', path, '--source', 'points')[0] == 2


@pytest.mark.parametrize(
    'entry, message',
    [
        ({'pixel': [20, 30]}, "not a list of distances (KeyError: 'metres')"),
        ({'pixel': [20, 30], 'metres': -1}, '-1 m at [20, 30] of a.png, but must be above 0'),
        ({'pixel': [WIDTH, 30], 'metres': 1}, f'pixel [{WIDTH}, 30] is outside the {WIDTH}x{HEIGHT} image a.png'),
        ({'pixel': [1.5, 30], 'metres': 1}, 'not a list of distances (ValueError'),
    ],
)
def test_distances_that_cannot_be_used_are_named(calibrate, tmp_path, entry, message):
    write_calibration(tmp_path / 'camera.yaml')
    path = tmp_path / 'distances.yaml'
    path.write_text(yaml.safe_dump({'camera': 'camera.yaml', 'measurements': [{'image': 'a.png', **entry}]}))
    status, written, text = calibrate('--distances', path)
    assert (status, written) == (2, None) and message in text.err


def cloud(points, stamp):
    fields = [t['sensor_msgs/msg/PointField'](name, 4 * i, 7, 1) for i, name in enumerate('xyz')]
    data = points.astype(np.float32).view(np.uint8).ravel()
    head = header(stamp)
    head.frame_id = 'lidar'
    return t['sensor_msgs/msg/PointCloud2'](head, 1, len(points), fields, False, 12, len(data), data, True)


def static_transform():
    """Return the pose of the lidar, which looks along its x axis, in the camera's frame, by way of a base frame."""

    def one(parent, child, translation, rotation):
        head = header(0)
        head.frame_id = parent
        vector, quaternion = t['geometry_msgs/msg/Vector3'], t['geometry_msgs/msg/Quaternion']
        transform = t['geometry_msgs/msg/Transform'](vector(*translation), quaternion(*rotation))
        return t['geometry_msgs/msg/TransformStamped'](head, child, transform)

    forward = (0.5, -0.5, 0.5, 0.5)
    return t['tf2_msgs/msg/TFMessage'](
        [one('base', 'lidar', (0, MOVED, 0), (0, 0, 0, 1)), one('camera', 'base', (0, 0, 0), forward)]
    )


def scan(points, stamp):
    """Return the row of (H, W, 3) points straight ahead, as a scanner at the camera's position measures it."""
    x, _, z = points[HEIGHT // 2].T
    angles, ranges = np.arctan2(-x, z)[::-1], np.hypot(x, z)[::-1]
    even = np.linspace(angles[0], angles[-1], 100)
    head = header(stamp)
    head.frame_id = 'base'
    between = np.interp(even, angles, ranges).astype(np.float32)
    step = float(even[1] - even[0])
    return t['sensor_msgs/msg/LaserScan'](
        head, even[0], even[-1], step, 0, 0, 0.0, 1e4, between, np.zeros(0, np.float32)
    )


def distance(points, stamp):
    """Return what a range sensor at the camera's position with a cone of 0.4 rad measures."""
    distances = np.linalg.norm(points, axis=-1)
    inside = points[..., 2] >= distances * np.cos(0.2)
    head = header(stamp)
    head.frame_id = 'base'
    return t['sensor_msgs/msg/Range'](head, 0, 0.4, 0.0, 1e4, float(np.quantile(distances[inside], 0.02)), 0.0)


def write_sensor_bag(folder, truth, tf=True):
    def messages():
        if tf:
            yield '/tf_static', START, static_transform()
        for index in range(FRAMES):
            stamp = START + index * PERIOD
            image, depth, camera = truth(index)
            points = points_from_depth(depth, camera)
            x, y, z = points.reshape(-1, 3)[::50].T
            yield '/camera/camera_info', stamp, camera_info(0.0)
            yield '/camera/image', stamp + 1, raw(image, stamp, 'bgr8')
            yield '/lidar/points', stamp + 2, cloud(np.stack([z, -x - MOVED, -y], axis=1), stamp + 3_000_000)
            yield '/scan', stamp + 3, scan(points, stamp)
            yield '/range', stamp + 4, distance(points, stamp)

    return write_bag(folder, messages())


def test_each_sensor_in_a_recording_gives_the_scale_with_its_static_transforms(calibrate, truth, tmp_path):
    bag = write_sensor_bag(tmp_path / 'bag', truth)
    for source, tolerance in {'points': 0.02, 'scan': 0.04, 'range': 0.06}.items():
        status, written, _ = calibrate('--data', bag, '--source', source)
        assert status == 0 and written['scale_factor'] == pytest.approx(WRONG, rel=tolerance)
    assert (
        'images (found: /camera/image) and one of Odometry (found: none)'
        in calibrate('--data', bag, '--source', 'odometry')[2].err
    )


def test_without_static_transforms_the_transform_must_be_given(calibrate, truth, tmp_path):
    bag = write_sensor_bag(tmp_path / 'bag', truth, tf=False)
    assert 'give it with --transform' in calibrate('--data', bag, '--source', 'points')[2].err
    given = '--transform', f'{-MOVED} 0 0 0.5 -0.5 0.5 0.5'
    status, written, _ = calibrate('--data', bag, '--source', 'points', *given)
    assert status == 0 and written['scale_factor'] == pytest.approx(WRONG, rel=0.02)


def odometry(x, stamp):
    """Return the pose of the base, which looks along its x axis, in a frame whose z axis is the camera's."""
    head, zeros = header(stamp), np.zeros(36)
    point, quaternion = t['geometry_msgs/msg/Point'](x, 0, 0), t['geometry_msgs/msg/Quaternion'](0.5, -0.5, 0.5, 0.5)
    pose = t['geometry_msgs/msg/PoseWithCovariance'](t['geometry_msgs/msg/Pose'](point, quaternion), zeros)
    vector = t['geometry_msgs/msg/Vector3'](0, 0, 0)
    twist = t['geometry_msgs/msg/TwistWithCovariance'](t['geometry_msgs/msg/Twist'](vector, vector), zeros)
    return t['nav_msgs/msg/Odometry'](head, 'base', pose, twist)


def test_a_moving_camera_gives_the_scale_with_recorded_odometry(calibrate, checkpoint_file, tmp_path):
    """The camera sees a wall; the poses have other stamps than the images, and start after the first image."""
    from optidepthnet_ros.inference import DepthEstimator

    speed, frames = 0.4, 10  # metres per second

    def messages():
        yield '/tf_static', START, static_transform()
        for index in range(frames):
            stamp = START + index * PERIOD
            yield '/camera/camera_info', stamp, camera_info(0.0)
            yield '/camera/image', stamp + 1, raw(seen_from(speed * index / 10)[0], stamp)
            yield '/odometry', stamp + 2, odometry(speed * (index + 0.5) / 10, stamp + PERIOD // 2)

    bag = write_bag(tmp_path / 'bag', messages())
    status, written, text = calibrate('--data', bag, '--source', 'odometry')
    predicted = DepthEstimator.from_file(checkpoint_file, threads=1).estimate(seen_from(0.2)[0], CAMERA).depth
    assert status == 0 and written['scale_factor'] == pytest.approx(np.median(predicted) / DISTANCE, rel=0.1)
    assert "1 frames without evidence: odometry has no pose at the image's stamp" in text.out
    assert 'frames without evidence: the camera moved' in text.out
