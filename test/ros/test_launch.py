# SPDX-License-Identifier: Apache-2.0
"""The launch files, run with launch; needs a full ROS 2 with this package installed."""

import os
import signal
import sys
from pathlib import Path

import pytest
from process import Process, command

pytest.importorskip('launch_ros', reason='launch is only part of a full ROS 2')

LAUNCH = """
import sys
from launch import LaunchService
from launch.actions import IncludeLaunchDescription
from launch.launch_description_sources import PythonLaunchDescriptionSource
from ament_index_python.packages import get_package_share_directory
path = f"{get_package_share_directory('optidepthnet_ros')}/launch/{sys.argv[1]}.launch.py"
sys.argv[1] = path
service = LaunchService(argv=sys.argv[2:])
service.include_launch_description(IncludeLaunchDescription(
    PythonLaunchDescriptionSource(path), launch_arguments=[argument.split(':=') for argument in sys.argv[2:]]))
sys.exit(service.run())
"""


@pytest.fixture
def launch(domain_id, checkpoint_file, tmp_path):
    """Return a function that launches with arguments, as ros2 launch does, and with parameters for a fast start."""
    get_package_prefix = pytest.importorskip('ament_index_python').get_package_prefix
    try:
        get_package_prefix('optidepthnet_ros')
    except (LookupError, OSError):
        pytest.skip('the package is not installed where launch finds it: build and source it with colcon')
    parameters = tmp_path / 'parameters.yaml'
    parameters.write_text('/**: {ros__parameters: {runtime: torch, threads: 1}}')
    processes = []

    def start(*arguments, file='depth'):
        words = (sys.executable, '-c', LAUNCH, file, f'params_file:={parameters}', f'checkpoint:={checkpoint_file}')
        processes.append(Process(command(*words, *arguments), domain_id, tmp_path))
        return processes[-1]

    yield start
    for process in processes:
        process.kill()


@pytest.fixture
def programs(tmp_path, monkeypatch):
    """Add packages, ahead of all others, with programs that print their arguments and end."""
    prefix = tmp_path / 'prefix'
    (prefix / 'share/ament_index/resource_index/packages').mkdir(parents=True)
    for package, name in (('rviz2', 'rviz2'), ('tf2_ros', 'static_transform_publisher')):
        (prefix / 'share/ament_index/resource_index/packages' / package).touch()
        program = prefix / 'lib' / package / name
        program.parent.mkdir(parents=True)
        program.write_text(f'#!/bin/sh\necho {name} called with "$@" . >&2\n')
        program.chmod(0o755)
    monkeypatch.setenv('AMENT_PREFIX_PATH', str(prefix), prepend=os.pathsep)


def arguments_of(program, process):
    """Wait until a program was called; return its arguments."""
    process.wait_for_log(f'{program} called with ')
    return process.log.split(f'{program} called with ')[1].split(' .\n')[0].split()


def test_arguments_reach_node_and_rviz_and_ctrl_c_twice_ends_them_cleanly(launch, programs, checkpoint_file):
    process = launch(
        'namespace:=front',
        'image:=/camera/image_rect',
        'camera_info:=/camera/camera_info',
        'rviz:=true',
        'fixed_frame:=odom',
        'image_transport:=compressed',
        'max_depth:=50',
    )
    process.wait_for_log('waiting for images on /camera/image_rect/compressed, calibration on /camera/camera_info')
    assert f'[front.depth_node]: loaded dnano from {checkpoint_file}' in process.log
    assert 'runs on torch (as asked)' in process.log
    called = arguments_of('rviz2', process)
    assert called[0] == '-d' and called[1].endswith('config/depth.rviz') and Path(called[1]).is_file()
    assert called[2:4] == ['-f', 'odom'] and {'__ns:=/front', 'image:=/camera/image_rect'} <= set(called)
    process.signal_group(signal.SIGINT)
    process.signal_group(signal.SIGINT)
    assert process.wait() == 0
    assert 'has died' not in process.log and 'escalating' not in process.log
    assert process.log.count('process has finished cleanly') == 2


def test_a_dead_node_is_restarted_and_ends_with_launch(launch):
    process = launch('respawn:=true')
    process.wait_for_log('waiting for images')
    first = process.log
    os.kill(int(first.split('process started with pid [')[1].split(']')[0]), signal.SIGKILL)
    process.wait_for_log('waiting for images', after=first)
    second = process.log
    process.signal(signal.SIGINT)  # to launch only; after SIGTERM it leaves its processes running, and reports it
    assert process.wait() == 0
    assert 'process has finished cleanly' in process.log[len(second) :]


def test_a_missing_parameter_file_is_an_error_that_names_it(launch):
    process = launch('params_file:=/nowhere.yaml')
    assert process.wait() == 1 and 'params_file:=/nowhere.yaml: no such file' in process.log


@pytest.mark.parametrize('file', ['depth', 'demo', 'multi_camera'])
def test_a_misspelt_argument_is_an_error_and_no_process_starts(launch, file):
    process = launch('imgae:=/x', file=file)
    assert process.wait() == 1 and 'imgae:=/x: no such argument, did you mean image?' in process.log
    assert 'process started' not in process.log


def test_each_camera_of_a_list_has_a_node_with_its_arguments(launch, tmp_path):
    cameras = tmp_path / 'cameras.yaml'
    cameras.write_text('cameras: [{name: front, image: /camera/image, node_name: deep, max_depth: 0}, {name: rear}]')
    process = launch(f'cameras:={cameras}', 'log_level:=warn', file='multi_camera')
    process.wait_for_log('cannot configure')  # the front node, to which alone the argument applies
    assert '[front.deep]: cannot configure: ' in process.log and '[rear.depth_node]' not in process.log
    process.signal_group(signal.SIGINT)
    assert process.wait() == 0


def test_the_demo_uses_a_coordinate_frame_that_it_publishes(launch, programs):
    process = launch('frame_rate:=5.0', 'log_level:=debug', file='demo')
    assert arguments_of('rviz2', process)[2:4] == ['-f', 'camera_link']
    transform = arguments_of('static_transform_publisher', process)
    assert transform[:4] == ['--frame-id', 'camera_link', '--child-frame-id', 'camera_optical_frame']
    process.wait_for_log('waiting for images on /image')
    process.signal_group(signal.SIGINT)
    assert process.wait() == 0
