# SPDX-License-Identifier: Apache-2.0
"""From a camera's topics to a model in use, over DDS: a short version of what the owner of a robot does."""

import itertools
import json
import re
import signal
from pathlib import Path

import numpy as np
import pytest
from depth_recordings import COLOUR, DEPTH, room
from diagnostic_msgs.msg import DiagnosticArray
from process import Process, module
from rclpy.qos import DurabilityPolicy, QoSProfile
from rgbd_robot import RgbdRobot
from sensor_msgs.msg import Image
from std_msgs.msg import Float32, String
from stereo_recordings import BASELINE, FOCAL, WIDTH, wall
from stereo_robot import StereoRobot

from optidepthnet_ros.checkpoints.checkpoint import Checkpoint
from optidepthnet_ros.files.atomic import sha256

pytestmark = pytest.mark.long

NODE = 'optidepthnet_ros.ros.training_node.node'
LATCHED = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)
OPTIONS = (
    '--steps 6 --batch-size 2 --windows 64x96 --learning-rate 5e-3 --proxy 1 --appearance 0 --smoothness 0 '
    '--consistency 0 --workers 0 --precision 32-true --validate-every 3'
).split()


@pytest.fixture
def robot(domain_id):
    """Return a stereo camera and a listener on the node's domain."""
    with StereoRobot(domain_id) as robot:
        yield robot


@pytest.fixture
def rgbd_robot(domain_id):
    """Return an RGB-D camera and a listener on the node's domain."""
    with RgbdRobot(domain_id) as robot:
        yield robot


@pytest.fixture
def start_training_node(domain_id, checkpoint_file, tmp_path):
    """Return a function that starts the node under test with few training steps."""
    nodes = []

    def start(*arguments):
        parameters = {
            'folder': tmp_path / 'learned',
            'base': checkpoint_file,
            'minutes': 0.0,
            'nice': 1,
            'hold_out_tail': 0.4,
            'train_options': OPTIONS,
            'record.interval': 0.0,
            'record.keep_free_gb': 0.0,
            'promotion': 'always',
            'place': 'road',
            'depth_node': '/depth_node',
        }
        program = module(
            NODE,
            '--ros-args',
            *(part for side in ('left', 'right') for part in ('-r', f'{side}/image:={side}/image_rect')),
            *(part for name, value in parameters.items() for part in ('-p', f'{name}:={value}')),
            *arguments,
        )
        nodes.append(Process(program, domain_id, tmp_path))
        return nodes[-1]

    yield start
    for node in nodes:
        node.kill()


def record(robot, pairs, publish_number):
    """Publish numbered pairs, each twice, until this many are kept."""
    statuses = robot.listen(DiagnosticArray, '/diagnostics')
    numbers = iter(range(10000))

    def kept():
        values = (
            {value.key: value.value for status in statuses[-1].status for value in status.values} if statuses else {}
        )
        return int(values.get('kept', 0))

    def publish():
        publish_number(next(numbers) // 2)

    robot.wait_until(lambda: kept() >= pairs, publish)


@pytest.mark.parametrize(
    'argument, status, answer',
    [('indoors', 2, 'training_node: error: unrecognized arguments: indoors'), ('--help', 0, 'record.clipped: 0.4\n')],
)
def test_help_is_printed_and_an_argument_without_effect_is_refused(domain_id, tmp_path, argument, status, answer):
    node = Process(module(NODE, argument), domain_id, tmp_path)
    assert node.wait() == status and answer in node.log


def test_a_misspelt_and_a_missing_parameter_are_reported_at_the_start(start_training_node):
    node = start_training_node('-p', "place:=''", '-p', 'plase:=road')
    node.wait_for_log("'plase' (did you mean place?)")
    node.wait_for_log('parameter place is not set: ~/start requires it, road or indoors')


def test_a_stereo_camera_trains_a_model_that_is_used(start_node, start_training_node, robot, checkpoint_file, tmp_path):
    depth_node = start_node()
    node = start_training_node()
    progress = robot.listen(Float32, 'training_node/progress')
    metrics = robot.listen(DiagnosticArray, 'training_node/metrics')
    for service, answer in (
        ('start', 'recordings: no such file or folder: record something'),
        ('stop', 'nothing to stop: idle'),
        ('resume', 'nothing to resume: idle'),
        ('rollback', 'nothing was promoted yet'),
        ('record/stop', 'not recording'),
    ):
        response = robot.trigger(service)
        assert not response.success and answer in response.message

    assert robot.trigger('record/start').success
    assert (
        '0 pairs kept; nothing received on /left/camera_info, /right/camera_info, /left/image_rect, /right/image_rect'
    ) in robot.trigger('record/stop').message

    assert robot.trigger('record/start').success
    tilted = ((left, np.roll(right, 3, axis=0)) for left, right in map(wall, itertools.count()))
    robot.wait_until(
        lambda: 'rows are offset by +3.0 px' in node.log, lambda: robot.publish_pair(next(tilted), FOCAL, BASELINE)
    )
    assert not list((tmp_path / 'learned' / 'recordings').iterdir())

    assert robot.trigger('record/start').success
    robot.wait_until(
        lambda: "not recorded: image encoding 'radar' is not supported" in node.log,
        lambda: robot.publish_pair(wall(0), FOCAL, BASELINE, ('mono8', 'radar')),
    )
    message = robot.trigger('record/stop').message
    assert ': 0 pairs kept (' in message and 'that cannot be decoded' in message
    assert not list((tmp_path / 'learned' / 'recordings').iterdir())

    assert robot.trigger('record/start').success
    assert 'already recording' in robot.trigger('record/start').message
    assert 'stop it first' in robot.trigger('start').message
    record(robot, 12, lambda number: robot.publish_pair(wall(number), FOCAL, BASELINE))
    response = robot.trigger('record/stop')
    assert response.success and 'pairs kept' in response.message and 'unchanged' in response.message

    assert robot.trigger('start').success
    assert 'is running' in robot.trigger('start').message
    robot.wait_until(lambda: any(message.data for message in progress))
    node.wait_for_log('comparing: ')
    assert response.message in node.log and re.search(r'training \d+ %', node.log)
    robot.wait_until(lambda: any(f'{end}: ' in node.log for end in ('promoted', 'refused', 'failed')))
    facts = robot.facts()
    assert facts['state'] == 'promoted' and 'abs_rel' in facts['comparison'], node.log

    result = robot.listen(String, 'training_node/result', LATCHED)
    preview = robot.listen(Image, 'training_node/preview', LATCHED)
    robot.wait_until(lambda: result and preview)
    promoted = Path(result[0].data)
    provenance = Checkpoint.load(promoted).provenance
    assert provenance.parent == sha256(checkpoint_file)
    assert 'stereo pairs of 1 scenes' in provenance.training_data
    assert (preview[0].encoding, preview[0].width) == ('bgr8', 4 * round(WIDTH * provenance.canonical_focal / FOCAL))
    shares = [message.data for message in progress]
    assert shares == sorted(shares) and shares[-1] == 1
    assert {'proxy_outliers', 'images_per_second', 'seconds_left', 'best'} <= {
        value.key for message in metrics for value in message.status[0].values
    }

    depth = robot.listen(Image, 'depth/image_rect')
    robot.drive(lambda: f'/depth_node accepts {promoted}' in node.log)
    robot.drive(lambda: f'loaded dnano from {promoted}' in depth_node.log)
    before = len(depth)
    robot.drive(lambda: len(depth) > before)
    assert robot.trigger('rollback').success
    robot.wait_until(lambda: len(result) == 2)
    assert sha256(result[1].data) == sha256(checkpoint_file)

    assert robot.trigger('start').success
    node.signal(signal.SIGINT)
    assert node.wait() == 0 and 'Traceback' not in node.log
    state = json.loads((tmp_path / 'learned' / 'runs' / '0002' / 'state.json').read_text())
    assert state['state'] == 'stopped'


def test_an_rgbd_camera_trains_a_model_as_a_stereo_camera_does(
    start_node, start_training_node, rgbd_robot, checkpoint_file, tmp_path
):
    """Depth in another frame or not aligned with its image is refused; a recording ended by a lens change is used."""
    robot = rgbd_robot
    depth_node = start_node()
    topics = {'rgb/image': COLOUR, 'rgb/camera_info': COLOUR.replace('image_raw', 'camera_info'), 'depth/image': DEPTH}
    node = start_training_node(
        *('-p', 'source:=rgbd'), *(part for names in topics.items() for part in ('-r', ':='.join(names)))
    )

    def refused(complaint, publish):
        assert robot.trigger('record/start').success
        robot.wait_until(lambda: complaint in node.log, publish)
        assert not list((tmp_path / 'learned' / 'recordings').iterdir())

    views = map(room, itertools.count())
    refused(
        f"depth on {DEPTH} is in frame 'camera_depth_optical_frame'",
        lambda: robot.publish_view(*next(views), 'camera_depth_optical_frame'),
    )

    def shifted():
        image, depth = next(views)
        robot.publish_view(image, np.roll(depth, 20, axis=1))

    refused('depth edges are off image edges by +', shifted)

    assert robot.trigger('record/start').success
    record(robot, 12, lambda number: robot.publish_view(*room(number)))
    robot.wait_until(
        lambda: 'ended by itself: a different calibration arrived on /camera/color/camera_info' in node.log,
        lambda: robot.publish_view(*room(0), zoom=1.2),
    )
    assert 'pairs kept' in robot.trigger('record/stop').message
    assert robot.trigger('start').success
    robot.wait_until(lambda: any(f'{end}: ' in node.log for end in ('promoted', 'refused', 'failed')))
    facts = robot.facts()
    assert facts['state'] == 'promoted' and 'abs_rel' in facts['comparison'] and float(facts['depth']) > 0, node.log
    promoted = Path(facts['in use'])
    provenance = Checkpoint.load(promoted).provenance
    assert provenance.parent == sha256(checkpoint_file)
    assert 'images with depth of 1 scenes' in provenance.training_data
    robot.drive(lambda: f'loaded dnano from {promoted}' in depth_node.log)
    node.signal(signal.SIGINT)
    assert node.wait() == 0 and 'Traceback' not in node.log
