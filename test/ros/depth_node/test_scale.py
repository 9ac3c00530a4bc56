# SPDX-License-Identifier: Apache-2.0
"""A node whose checkpoint has a wrong baseline, and another sensor that corrects its metres, over DDS."""

from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from diagnostic_msgs.msg import DiagnosticArray
from geometry_msgs.msg import TransformStamped
from moving_camera import CAMERA as MOVING
from moving_camera import DISTANCE, seen_from
from nav_msgs.msg import Odometry
from sensor_msgs.msg import CameraInfo, Image, LaserScan, PointCloud2, PointField, Range
from stereo_msgs.msg import DisparityImage
from training.teachers.networks import write_network

from optidepthnet_ros.checkpoints.checkpoint import Checkpoint
from optidepthnet_ros.checkpoints.models import shipped_models
from optidepthnet_ros.files.calibration_file import read_camera
from optidepthnet_ros.files.image_file import read_image
from optidepthnet_ros.geometry.camera import Camera
from optidepthnet_ros.geometry.depth import points_from_depth
from optidepthnet_ros.imaging.preview import AGREES, DISAGREES
from optidepthnet_ros.inference import DepthEstimator
from optidepthnet_ros.messages.point_cloud import FLOAT32
from optidepthnet_ros.ros.conversions.camera_info_message import info_from_camera
from optidepthnet_ros.ros.conversions.image_message import write_image

ROOT = Path(__file__).resolve().parents[3]
WRONG = 1.3  # factor of the checkpoint's baseline: all depth is too far by this factor
CAMERA = Camera(64, 48, 60.0, 60.0, 31.5, 23.5)
FORWARD = '0 0 0 0.5 -0.5 0.5 0.5'  # a sensor at the camera's position, with x forward and z up
TO_SENSOR = np.array([[0.0, 0, 1], [-1, 0, 0], [0, -1, 0]])


class Scene:
    """A scene that a camera sees repeatedly, and its true depth, from the checkpoint with the right baseline."""

    def __init__(self, checkpoint, pixels, camera, folder):
        self.pixels, self.camera = pixels, camera
        self.depth = DepthEstimator(checkpoint, threads=1).estimate(pixels, camera).depth
        wrong = replace(checkpoint.provenance, baseline=WRONG * checkpoint.provenance.baseline)
        self.wrong_file = folder / 'wrong.safetensors'
        replace(checkpoint, provenance=wrong, self_test=None).save(self.wrong_file)

    @property
    def points(self):
        """Return the (N, 3) true points of every seventh pixel in the sensor frame: x forward, z up."""
        points = points_from_depth(self.depth, self.camera).reshape(-1, 3)[::7].astype(np.float64)
        return points @ TO_SENSOR.T


@pytest.fixture
def scene(untrained_checkpoint, tmp_path):
    pixels = np.random.default_rng(0).integers(0, 256, (48, 64, 3), np.uint8)
    return Scene(untrained_checkpoint, pixels, CAMERA, tmp_path)


@pytest.fixture
def street(tmp_path):
    folder = ROOT / 'demo' / 'kitti_odometry'
    checkpoint = Checkpoint.load(shipped_models()['dlite0_street'])
    return Scene(checkpoint, read_image(folder / '000000.jpg'), read_camera(folder / 'camera.yaml'), tmp_path)


@pytest.fixture
def drive(robot, scene):
    """Return a function that publishes frames, with evidence of the same stamp, until a condition holds."""

    def publish(topic, message, scene):
        robot.stamp += 1
        image = Image()
        write_image(image, scene.pixels, 'bgr8')
        image.header.frame_id = 'camera'
        image.header.stamp.sec = robot.stamp
        if message is not None:
            message.header.frame_id = 'sensor'
            message.header.stamp = image.header.stamp
            robot.publish_message(topic, message)
        robot.publish(info_from_camera(scene.camera, image.header), image)

    def until(condition, topic='', message=None, seen=scene):
        robot.wait_until(condition, lambda: publish(topic, message, seen))

    return until


def parameters(scene, source, **others):
    values = {
        'checkpoint': scene.wrong_file,
        'scale_source': source,
        'scale_transform': f"'{FORWARD}'",
        'edge_filter_threshold': 0.0,
        'max_depth': 1000.0,
        'scale_rate': 10.0,
        **others,
    }
    return [part for name, value in values.items() for part in ('-p', f'{name}:={value}')]


def metres(message):
    return np.frombuffer(message.data, np.float32).reshape(message.height, message.width)


def pixels(preview):
    return set(zip(*[iter(bytes(preview.data))] * 3, strict=True))


def is_off_by(factor, scene, tolerance=0.02):
    """Return a condition on a list of depth images: the newest is too far by this factor."""

    def check(depths):
        return bool(depths) and np.allclose(metres(depths[-1]), factor * scene.depth, rtol=tolerance)

    return check


def cloud(scene):
    """Return the point cloud of the scene from a lidar, with 30 % wrong points."""
    points = scene.points
    points[::3] *= 7
    return PointCloud2(
        height=1,
        width=len(points),
        fields=[PointField(name=axis, offset=4 * at, datatype=FLOAT32, count=1) for at, axis in enumerate('xyz')],
        point_step=12,
        row_step=12 * len(points),
        data=points.astype(np.float32).tobytes(),
    )


def scan(scene):
    """Return the scan of the row at the camera's height by a scanner at the camera's position."""
    row = round(scene.camera.cy)
    x, _, z = points_from_depth(scene.depth, scene.camera)[row].astype(np.float64).T
    angles, ranges = np.arctan2(-x, z), np.hypot(x, z)
    wanted = np.linspace(angles.min(), angles.max(), 50)
    found = np.interp(wanted, angles[::-1], ranges[::-1])
    return LaserScan(
        angle_min=float(wanted[0]),
        angle_max=float(wanted[-1]),
        angle_increment=float(wanted[1] - wanted[0]),
        range_min=0.01,
        range_max=1000.0,
        ranges=found.astype(np.float32),
    )


def distance(scene):
    """Return the nearest distance in the middle of the image."""
    points = points_from_depth(scene.depth, scene.camera)
    distances = np.linalg.norm(points, axis=-1)
    inside = points[..., 2] / distances > np.cos(0.2)
    return Range(field_of_view=0.4, min_range=0.01, max_range=1000.0, range=float(np.quantile(distances[inside], 0.05)))


@pytest.mark.parametrize(
    'topic, make, tolerance', [('points', cloud, 0.02), ('scan', scan, 0.04), ('range', distance, 0.06)]
)
def test_evidence_corrects_a_wrong_baseline(start_node, robot, scene, drive, topic, make, tolerance):
    depths = robot.listen(Image, 'depth/image_rect')
    start_node(*parameters(scene, topic))
    too_far, right = is_off_by(WRONG, scene), is_off_by(1.0, scene, tolerance)
    drive(lambda: too_far(depths))
    assert 'uncorrected, no usable evidence yet' in robot.next_status('scale')[1]
    drive(lambda: right(depths), topic, make(scene))
    values = robot.wait_for_status('scale', 0, f'from {topic} on /{topic}')
    assert float(values['scale']) == pytest.approx(WRONG, rel=tolerance)


def test_the_ground_corrects_a_wrong_baseline(start_node, robot, drive, street):
    """The true depth comes from a model, so the tolerance is large; without the ground, depth is 30 % too far."""
    depths = robot.listen(Image, 'depth/image_rect')
    start_node(*parameters(street, 'ground', camera_height=1.65))
    factors = []

    def is_corrected():
        if depths:
            factors.append(float(np.nanmedian(metres(depths[-1]) / street.depth)))
        return factors and abs(np.log(factors[-1])) < 0.12

    drive(is_corrected, seen=street)
    assert factors[0] == pytest.approx(WRONG, rel=1e-3)
    robot.wait_for_status('scale', 0, 'from ground')


def test_all_outputs_of_a_frame_agree_and_its_scale_is_published_with_the_same_stamp(start_node, robot, scene, drive):
    topics = [
        robot.listen(kind, topic)
        for kind, topic in (
            (Image, 'depth/image_rect'),
            (PointCloud2, 'depth/points'),
            (DisparityImage, 'depth/disparity'),
            (CameraInfo, 'depth/camera_info'),
            (DiagnosticArray, 'depth_node/scale'),
        )
    ]
    start_node(*parameters(scene, 'points', scale_rate=0.2, cloud_colour='false'))
    between = []

    def find():
        tables = [{message.header.stamp.sec: message for message in topic} for topic in topics]
        for stamp in set.intersection(*(set(table) for table in tables)):
            scale = {pair.key: pair.value for pair in tables[4][stamp].status[0].values}
            if 1.05 < float(scale['scale']) < 1.25:  # the scale is still changing
                between[:] = [(*(table[stamp] for table in tables[:4]), float(scale['scale']))]
        return between

    drive(find, 'points', cloud(scene))
    depth, points, disparity, info, scale = between[0]
    np.testing.assert_allclose(metres(depth), WRONG / scale * scene.depth, rtol=1e-4)
    np.testing.assert_array_equal(
        np.frombuffer(points.data, np.float32).reshape(48, 64, -1)[..., :3], points_from_depth(metres(depth), CAMERA)
    )
    np.testing.assert_allclose(metres(disparity.image), disparity.f * disparity.t / metres(depth), rtol=1e-6)
    assert info.p[0] == CAMERA.fx


def test_the_scale_is_observed_applied_held_reset_and_set_by_a_parameter(start_node, robot, scene, drive):
    depths = robot.listen(Image, 'depth/image_rect')
    start_node(*parameters(scene, 'points', scale_apply='false', scale_timeout=3.0))
    too_far, right = is_off_by(WRONG, scene, 1e-6), is_off_by(1.0, scene)
    known = []

    def is_observed():
        known[:] = [robot.next_status('scale')] if depths else []
        return known and known[0][0] == 0 and float(known[0][2]['scale']) > 1.28

    drive(is_observed, 'points', cloud(scene))
    assert known[0][1].startswith('not applied: scale 1.3') and known[0][2]['applied'] == 'false'
    assert too_far(depths)
    robot.set_parameter('scale_apply', True)
    drive(lambda: right(depths))  # held, without evidence
    previews = robot.listen(Image, 'depth/preview')
    robot.set_parameter('scale_preview', True)
    drive(lambda: previews and AGREES in pixels(previews[-1]), 'points', cloud(scene))
    assert DISAGREES in pixels(previews[-1])
    drive(lambda: robot.next_status('scale')[0] == 1)
    assert 'held for' in robot.status('scale')[1] and right(depths)
    assert robot.trigger('scale/reset').success
    drive(lambda: too_far(depths))
    robot.set_parameter('scale_factor', WRONG)  # as measured by optidepthnet calibrate-scale
    drive(lambda: right(depths))
    robot.set_parameter('scale_model', 'another')
    drive(lambda: too_far(depths))
    robot.wait_for_status('model', 1, 'scale_factor was measured with another checkpoint and is not applied')


def test_evidence_of_another_time_is_refused_and_odometry_can_be_used_instead(start_node, robot, scene, drive):
    depths = robot.listen(Image, 'depth/image_rect')
    start_node(*parameters(scene, 'range', scale_timeout=0.5, max_identical_frames=0))
    late = distance(scene)

    def is_reported():
        late.header.frame_id, late.header.stamp.sec = 'sensor', 10_000
        robot.publish_message('range', late)
        return depths and 'from that of any frame' in robot.next_status('scale')[1]

    drive(is_reported)
    assert is_off_by(WRONG, scene, 1e-6)(depths)
    for transition in ('deactivate', 'cleanup'):
        assert robot.change_state(transition)
    robot.set_parameter('scale_source', 'odometry')
    robot.set_parameter('scale_transform', '0 0 0 0 0 0 1')
    for transition in ('configure', 'activate'):
        assert robot.change_state(transition)
    steps = [0]

    def stand():
        robot.stamp += 1
        here = 0.02 * abs(steps[0] % 40 - 20)
        image, odometry = Image(), Odometry(child_frame_id='base')
        write_image(image, seen_from(here)[0], 'mono8')
        image.header.frame_id = 'camera'
        image.header.stamp.sec, image.header.stamp.nanosec = 1000 + robot.stamp // 20, robot.stamp % 20 * 50_000_000
        odometry.header.stamp, odometry.pose.pose.position.x = image.header.stamp, here
        robot.publish_message('odometry', odometry)
        robot.publish(info_from_camera(MOVING, image.header), image)

    def move():
        steps[0] += 1  # there and back
        stand()

    robot.wait_until(
        lambda: (
            metres(depths[-1]).shape == (MOVING.height, MOVING.width)
            and abs(np.log(np.nanmedian(metres(depths[-1])) / DISTANCE)) < 0.1
        ),
        move,
    )
    robot.wait_for_status('scale', 0, 'from odometry on /odometry', move)
    robot.wait_for_status('scale', 1, 'the camera moved 0.000 m, 0.05 m are needed', stand)  # held
    assert abs(np.log(np.nanmedian(metres(depths[-1])) / DISTANCE)) < 0.1


class RelativeScene:
    """A slope whose gray values a relative network takes as inverse depth, some of it below 0."""

    camera = CAMERA
    points = Scene.points

    def __init__(self, network_file):
        self.wrong_file = network_file
        gray = np.add.outer(np.arange(48.0), 2 * np.arange(64.0)) + 30
        self.pixels = np.repeat(gray.astype(np.uint8)[..., np.newaxis], 3, axis=2)
        self.depth = (1 / (0.02 + 0.4 * self.pixels[..., 0] / 255)).astype(np.float32)


@pytest.mark.skipif(not (find_spec('onnxruntime') or find_spec('openvino')), reason='nothing runs ONNX files')
def test_a_relative_network_gives_metres_only_with_a_source(start_node, robot, drive, tmp_path):
    scene = RelativeScene(write_network(tmp_path / 'net.onnx', scale=3.0, shift=-0.7))
    depths = robot.listen(Image, 'depth/image_rect')
    node = start_node(*parameters(scene, 'none', runtime='auto', input_check='false', scale_timeout=1000.0))
    node.wait_for_log("a relative network, whose depth is not metric, and scale_source is 'none'")
    robot.set_parameter('scale_source', 'points')
    for transition in ('configure', 'activate'):
        assert robot.change_state(transition)
    drive(lambda: depths and np.isnan(metres(depths[-1])).all(), seen=scene)
    level, text, _ = robot.next_status('scale')
    assert level == 2 and 'a relative network without scale: depth is unknown' in text
    inner = slice(4, -4), slice(4, -4)  # the network sees every fourth pixel

    def is_right():
        return np.allclose(metres(depths[-1])[inner], scene.depth[inner], rtol=0.05)

    def is_unknown():
        return np.isnan(metres(depths[-1])).all()

    drive(is_right, 'points', cloud(scene), scene)
    values = robot.wait_for_status('scale', 0, 'from points on /points')
    assert float(values['scale']) == pytest.approx(0.4 / 3, rel=0.05)
    assert 'scale_apply is false: set scale_apply to true' in robot.set_parameter('scale_apply', False).reason
    assert robot.trigger('scale/reset').success
    drive(is_unknown, seen=scene)
    drive(is_right, 'points', cloud(scene), scene)
    robot.stamp += 2000
    drive(is_unknown, seen=scene)
    robot.wait_for_status('scale', 2, 'a relative network without points on /points')


@pytest.mark.skipif(find_spec('tf2_ros') is not None, reason='a full ROS 2 has tf2_ros')
def test_without_tf_and_a_transform_the_node_does_not_configure_and_says_what_to_do(start_node, scene):
    node = start_node(*parameters(scene, 'points', scale_transform="''"))
    node.wait_for_log('cannot configure: tf2_ros is not installed')
    assert 'set scale_transform' in node.log


def test_tf_gives_the_pose_of_the_sensor(start_node, robot, scene, drive):
    pytest.importorskip('tf2_ros', reason='tf2_ros is only part of a full ROS 2')
    from tf2_msgs.msg import TFMessage

    transform = TransformStamped(child_frame_id='sensor')
    transform.header.frame_id = 'camera'
    r = transform.transform.rotation
    r.x, r.y, r.z, r.w = map(float, FORWARD.split()[3:])
    depths = robot.listen(Image, 'depth/image_rect')
    start_node(*parameters(scene, 'points', scale_transform="''"))
    drive(
        lambda: depths and 'no transform from sensor to camera' in robot.next_status('scale')[1], 'points', cloud(scene)
    )

    def is_right():
        transform.header.stamp.sec = robot.stamp
        robot.publish_message('/tf', TFMessage(transforms=[transform]))
        return is_off_by(1.0, scene)(depths)

    drive(is_right, 'points', cloud(scene))
