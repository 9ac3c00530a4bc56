# SPDX-License-Identifier: Apache-2.0
"""What the node reports on /diagnostics: one node in many situations."""

import pytest
from process import Process, depth_node
from rclpy.qos import DurabilityPolicy, QoSProfile
from robot import Robot
from sensor_msgs.msg import Image

from optidepthnet_ros.checkpoints.models import DEFAULT_MODEL, default_checkpoint
from optidepthnet_ros.files.atomic import sha256

pytestmark = pytest.mark.xdist_group('diagnostics')  # one node for all tests
OK, WARN, ERROR = range(3)
RIGHT = [60.0, 0.0, 32.0, -12.0, 0.0, 60.0, 24.0, 0.0, 0.0, 0.0, 1.0, 0.0]
SKEWED = [60.0, 20.0, 32.0, 0.0, 0.0, 60.0, 24.0, 0.0, 0.0, 0.0, 1.0, 0.0]
K = [60.0, 0.0, 32.0, 0.0, 60.0, 24.0, 0.0, 0.0, 1.0]


@pytest.fixture(scope='module')
def node(domain_id, checkpoint_file, tmp_path_factory):
    """Return a node in a namespace, with an unknown parameter."""
    process = Process(
        depth_node(
            '-p',
            f'checkpoint:={checkpoint_file}',
            '-p',
            'threads:=1',
            '-p',
            'runtime:=torch',
            '-p',
            'max_dept:=9.0',
            '-r',
            '__ns:=/front',
        ),
        domain_id,
        tmp_path_factory.mktemp('log'),
    )
    yield process
    process.kill()


@pytest.fixture(scope='module')
def robot(node, domain_id):
    """Return a robot that subscribes to depth."""
    with Robot(domain_id, '/front') as robot:
        robot.listen(Image, 'depth/image_rect')
        yield robot


def test_a_misspelt_parameter_and_a_missing_calibration_are_reported(node, robot):
    node.wait_for_log("unknown parameters are ignored: 'max_dept' (did you mean max_depth?)")
    robot.wait_for_status('calibration', ERROR, 'missing: none has arrived yet', robot.publish_frame)
    assert int(robot.status('input')[2]['dropped: calibration missing']) > 0


@pytest.mark.parametrize(
    'state, level, info, frame',
    [
        ('all zero', ERROR, {'fx': 0}, {}),
        ('other aspect', ERROR, {'width': 48, 'height': 48}, {}),
        ('other frame_id: it has', ERROR, {'frame_id': 'rear', 'stamped': False}, {}),
        ("other frame_id: camera_info has 'rear'", WARN, {'frame_id': 'rear'}, {}),
        ('not rectified', ERROR, {'fx': 0, 'k': K, 'd': [0.1] * 5}, {}),
        ('other size', WARN, {'width': 128, 'height': 96}, {}),
        ('field of view: depth is unknown in ', WARN, {'fx': 5.0}, {}),
        ('right camera: according to P, the camera is 0.200 m', WARN, {'p': RIGHT}, {}),
        ('unusable: P has 20 and 0 next to', ERROR, {'p': SKEWED}, {}),
        ('ok', OK, {}, {}),
    ],
)
def test_each_state_of_the_calibration_has_its_own_message(robot, state, level, info, frame):
    robot.wait_for_status(
        'calibration',
        level,
        state,
        lambda: (robot.publish_info(**{'stamped': True, **info}), robot.publish_frame(**frame)),
    )


def test_a_change_is_reported_for_a_while(robot):
    robot.drive(lambda: robot.status('calibration')[1] == 'ok')
    before = int(robot.status('calibration')[2]['changes'])

    def publish_longer_focal_length():
        robot.publish_info(fx=70.0, stamped=True)
        robot.publish_frame()

    robot.wait_for_status(
        'calibration', WARN, 'changed: a different calibration has just arrived', publish_longer_focal_length
    )
    values = robot.wait_for_status('calibration', OK, 'ok', publish_longer_focal_length)
    assert values['focal length (px)'].startswith('70.00') and int(values['changes']) > before


def test_rates_latency_model_and_memory_are_reported(robot, checkpoint_file, untrained_checkpoint):
    robot.drive(lambda: float(robot.next_status('output', robot.publish_frame)[2]['rate (Hz)']) > 0)
    values = robot.status('output')[2]
    for name in ('wait', 'inference', 'publish'):
        assert 0 <= float(values[f'{name} (ms)']) <= float(values[f'{name}, slowest (ms)'])
    level, phase, model = robot.status('model')
    assert (level, phase, model['name'], model['threads']) == (OK, 'active', 'dnano', '1')
    assert model['checkpoint'] == str(checkpoint_file) and len(model['sha256']) == 64
    assert robot.status('process')[1].endswith('MB resident')


def test_an_incompatible_endpoint_is_named_while_it_exists(node, robot, domain_id):
    with Robot(domain_id) as other:
        other.listen(Image, '/front/depth/image_rect', QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL))
        robot.wait_for_status('connections', WARN, '/front/depth/image_rect from depth_node to robot')
        assert 'subscription on /front/depth/image_rect: DURABILITY is incompatible' in node.log
    robot.wait_for_status('connections', OK, 'all compatible')


def test_the_node_refuses_and_survives_an_invalid_transition(node, robot):
    assert not robot.change_state('activate')
    assert robot.state() == 'active'
    assert node.is_alive()


def test_a_checkpoint_is_replaced_while_running_or_refused_and_the_old_one_kept(
    robot, untrained_checkpoint, checkpoint_file, tmp_path
):
    good, bad = tmp_path / 'good.safetensors', tmp_path / 'bad.safetensors'
    untrained_checkpoint.save(good, half=True)
    content = bytearray(checkpoint_file.read_bytes())
    content[-1000:] = bytes(1000)
    bad.write_bytes(content)
    depth = robot.listen(Image, 'depth/image_rect')
    digest = robot.wait_for_status('model', OK, 'active', robot.publish_frame)['sha256']

    assert robot.set_parameter('checkpoint', str(bad)).successful
    values = robot.wait_for_status('model', WARN, f'active: {bad}: unusable checkpoint', robot.publish_frame)
    assert values['sha256'] == digest
    assert robot.parameter('checkpoint') == str(checkpoint_file)
    seen = len(depth)
    robot.drive(lambda: len(depth) > seen)

    assert robot.set_parameter('checkpoint', str(good)).successful
    robot.drive(lambda: robot.status('model')[2]['checkpoint'] == str(good))
    assert robot.status('model')[0] == OK and robot.status('model')[2]['sha256'] != digest
    seen = len(depth)
    robot.drive(lambda: len(depth) > seen)

    assert robot.set_parameter('checkpoint', DEFAULT_MODEL).successful
    robot.drive(lambda: robot.status('model')[2]['checkpoint'] == DEFAULT_MODEL)
    assert robot.status('model')[2]['sha256'] == sha256(default_checkpoint())
    assert robot.set_parameter('checkpoint', str(good)).successful
    robot.drive(lambda: robot.status('model')[2]['checkpoint'] == str(good))


def test_a_second_camera_on_a_topic_is_counted_and_gives_a_warning(node, robot, domain_id):
    with Robot(domain_id, '/front'):
        robot.wait_for_status('input', WARN, '2 publishers are on /front/image', robot.publish_frame)
        values = robot.wait_for_status(
            'calibration',
            WARN,
            'several publishers: 2 publishers are on /front/camera_info, perhaps of two cameras: let only one camera',
            lambda: (robot.publish_info(stamped=True), robot.publish_frame()),
        )
        assert values['publishers'] == '2'
        node.wait_for_log('2 publishers are on /front/camera_info')
        node.wait_for_log('2 publishers are on /front/image,')
    robot.wait_for_status('calibration', OK, 'ok', lambda: (robot.publish_info(stamped=True), robot.publish_frame()))
    assert node.log.count('2 publishers are on /front/camera_info') == 1


def test_silence_gives_a_warning_and_then_an_error(robot):
    robot.drive(lambda: robot.status('input')[0] == OK)
    robot.wait_for_status('input', WARN, 'no image for')
    robot.wait_for_status('input', ERROR, 'on /front/image, which has 1 publishers')
    robot.drive(lambda: robot.status('input')[0] == OK)
