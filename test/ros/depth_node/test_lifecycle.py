# SPDX-License-Identifier: Apache-2.0
"""Starting, stopping and refusing: the node's life cycle, seen from outside."""

import signal
import sys
import time

import pytest
from process import Process, command
from sensor_msgs.msg import Image

from optidepthnet_ros.checkpoints.checkpoint import Checkpoint
from optidepthnet_ros.checkpoints.licence import is_non_commercial
from optidepthnet_ros.checkpoints.models import DEFAULT_MODEL, PLACES, default_checkpoint, shipped_models
from optidepthnet_ros.ros.depth_node.model_choice import ModelChoice

OK, WARN = range(2)


@pytest.mark.parametrize(
    'signals',
    [[signal.SIGINT], [signal.SIGINT, signal.SIGINT], [signal.SIGTERM], [signal.SIGTERM, signal.SIGINT]],
    ids=lambda signals: '+'.join(number.name for number in signals),
)
def test_a_signal_ends_a_working_node_cleanly(start_node, robot, signals):
    depth = robot.listen(Image, 'depth/image_rect')
    node = start_node()
    robot.drive(lambda: depth)
    for _ in range(20):
        robot.publish_frame()
    asked = time.monotonic()
    for number in signals:
        node.signal(number)
    assert node.wait() == 0
    print(f'ended after {time.monotonic() - asked:.2f} s')
    assert 'Traceback' not in node.log and 'ERROR' not in node.log


@pytest.mark.parametrize('signals', [[signal.SIGINT], [signal.SIGTERM]], ids=('SIGINT', 'SIGTERM'))
def test_a_signal_ends_an_idle_node_cleanly(start_node, signals):
    node = start_node('-p', 'autostart:=false')
    node.wait_for_log('waiting for a lifecycle manager')
    for number in signals:
        node.signal(number)
    assert node.wait() == 0
    assert 'Traceback' not in node.log


@pytest.mark.parametrize('number', [signal.SIGINT, signal.SIGTERM])
def test_a_signal_during_imports_ends_the_command_cleanly(domain_id, tmp_path, monkeypatch, number):
    monkeypatch.setenv('PYTHONVERBOSE', '1')  # so that imports appear in the log
    node = Process(
        command(sys.executable, '-c', 'from optidepthnet_ros.ros.executables import depth_node; depth_node()'),
        domain_id,
        tmp_path,
    )
    node.wait_for_log("import 'rclpy.")
    node.signal(number)
    assert node.wait() == 0
    assert 'Traceback' not in node.log


def test_a_bad_checkpoint_is_refused_and_a_good_one_accepted_later(start_node, robot, checkpoint_file, tmp_path):
    bad = tmp_path / 'bad.safetensors'
    bad.write_bytes(checkpoint_file.read_bytes()[:1000])
    node = start_node('-p', f'checkpoint:={bad}')
    node.wait_for_log(f'cannot configure: {bad}')
    assert robot.state() == 'unconfigured'
    assert not robot.change_state('configure')
    assert robot.state() == 'unconfigured'
    assert robot.set_parameter('checkpoint', str(checkpoint_file)).successful
    assert robot.set_parameter('runtime', 'tflite').successful
    assert not robot.change_state('configure')
    node.wait_for_log("cannot configure: runtime 'tflite' is unknown: use auto or one of torch")
    assert robot.set_parameter('runtime', 'torch').successful
    assert robot.change_state('configure')
    node.wait_for_log('runs on torch (as asked)')
    assert robot.change_state('activate')
    depth = robot.listen(Image, 'depth/image_rect')
    robot.drive(lambda: depth)


def test_frames_are_processed_only_while_active(start_node, robot):
    depth = robot.listen(Image, 'depth/image_rect')
    start_node()
    robot.drive(lambda: depth)
    assert robot.change_state('deactivate')
    assert robot.state() == 'inactive'
    last = robot.stamp
    for _ in range(20):
        robot.publish_info()
        robot.publish_frame()
    assert robot.change_state('cleanup')
    assert robot.change_state('configure')
    assert robot.change_state('activate')
    robot.drive(lambda: depth[-1].header.stamp.sec > last)
    assert not any(last < message.header.stamp.sec <= last + 20 for message in depth)
    assert robot.change_state('active_shutdown')
    assert robot.state() == 'finalized'


@pytest.mark.parametrize(
    'argument, reason',
    [
        ('max_depth:=far', "'max_depth' to 'far' of type 'STRING', expecting type 'DOUBLE'"),
        ('threads:=-1', 'threads out of range'),
    ],
)
def test_an_invalid_parameter_at_the_start_ends_the_node_with_the_reason(start_node, argument, reason):
    node = start_node('-p', argument)
    assert node.wait() == 2
    assert reason in node.log and 'Traceback' not in node.log


def test_without_a_choice_the_default_model_runs_and_its_limits_are_reported(start_node, robot):
    """The places of the table are then selected one after the other, while the node runs."""
    node = start_node('-p', "checkpoint:=''")
    node.wait_for_log('waiting for images')
    warning = ModelChoice('', '').warning
    values = robot.wait_for_status('model', WARN if warning else OK, f'active: {warning}' if warning else 'active')
    licence = Checkpoint.load(default_checkpoint()).provenance.licence
    assert values['checkpoint'] == DEFAULT_MODEL and values['licence'] == licence
    assert (f'not for commercial use: their licence is {licence}' in node.log) == is_non_commercial(licence)
    for place, model in PLACES.items():
        choice = ModelChoice('', place)
        answer = robot.set_parameter('place', place)
        if model in shipped_models():
            assert answer.successful
            robot.drive(lambda choice=choice: uses(robot, choice))
        else:
            assert not answer.successful and f'{model}: no such file, and no shipped model' in answer.reason
    assert node.log.count(warning) == 1 or not warning


def uses(robot, choice):
    level, message, values = robot.status('model')
    expected = (WARN, f'active: {choice.warning}') if choice.warning else (OK, 'active')
    return (level, message, values['checkpoint']) == (*expected, choice.name)


def test_a_node_with_both_checkpoint_and_place_does_not_configure(start_node):
    start_node('-p', 'place:=road').wait_for_log("and place is 'road', but only one of them may be set")
