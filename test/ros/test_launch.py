"""The launch file, run by launch itself; needs a full ROS 2 with this package installed in it."""

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
path = get_package_share_directory('optidepthnet_ros') + '/launch/depth.launch.py'
service = LaunchService()
service.include_launch_description(IncludeLaunchDescription(
    PythonLaunchDescriptionSource(path), launch_arguments=[argument.split(':=') for argument in sys.argv[1:]]))
sys.exit(service.run())
"""


@pytest.fixture
def launch(domain_id, checkpoint_file, tmp_path):
    """Return a function that launches with arguments, as ros2 launch does, and with parameters that start fast."""
    get_package_prefix = pytest.importorskip('ament_index_python').get_package_prefix
    try:
        get_package_prefix('optidepthnet_ros')
    except (LookupError, OSError):
        pytest.skip('the package is not installed where launch finds it: build and source it with colcon')
    parameters = tmp_path / 'parameters.yaml'
    parameters.write_text('/**: {ros__parameters: {runtime: torch, threads: 1}}')
    processes = []

    def start(*arguments):
        words = (sys.executable, '-c', LAUNCH, f'params_file:={parameters}', f'checkpoint:={checkpoint_file}')
        processes.append(Process(command(*words, *arguments), domain_id, tmp_path))
        return processes[-1]

    yield start
    for process in processes:
        process.kill()


@pytest.fixture
def rviz(tmp_path, monkeypatch):
    """Put a package rviz2 before any other, which tells how it was called and ends."""
    prefix = tmp_path / 'prefix'
    (prefix / 'share/ament_index/resource_index/packages').mkdir(parents=True)
    (prefix / 'share/ament_index/resource_index/packages/rviz2').touch()
    command = prefix / 'lib/rviz2/rviz2'
    command.parent.mkdir(parents=True)
    command.write_text('#!/bin/sh\necho called with "$@" . >&2\n')
    command.chmod(0o755)
    monkeypatch.setenv('AMENT_PREFIX_PATH', str(prefix), prepend=os.pathsep)


def test_arguments_reach_node_and_rviz_and_two_ctrl_c_end_it_cleanly(launch, rviz, checkpoint_file):
    process = launch(
        'namespace:=front',
        'image:=/camera/image_rect',
        'camera_info:=/camera/camera_info',
        'rviz:=true',
        'image_transport:=compressed',
        'max_depth:=50',
    )
    process.wait_for_log('waiting for images on /camera/image_rect/compressed, calibration on /camera/camera_info')
    assert f'[front.depth_node]: loaded dnano from {checkpoint_file}' in process.log
    assert 'runs on torch (as asked)' in process.log
    process.wait_for_log('called with -d ')
    called = process.log.split('called with -d ')[1].split(' .\n')[0]
    assert called.split()[0].endswith('config/depth.rviz') and Path(called.split()[0]).is_file()
    assert '__ns:=/front' in called and 'image:=/camera/image_rect' in called
    process.signal_group(signal.SIGINT)
    process.signal_group(signal.SIGINT)
    assert process.wait() == 0
    assert 'has died' not in process.log and 'escalating' not in process.log
    assert process.log.count('process has finished cleanly') == 2


def test_a_dead_node_is_started_again_and_ends_with_launch(launch):
    process = launch('respawn:=true')
    process.wait_for_log('waiting for images')
    first = process.log
    os.kill(int(first.split('process started with pid [')[1].split(']')[0]), signal.SIGKILL)
    process.wait_for_log('waiting for images', after=first)
    second = process.log
    process.signal(signal.SIGINT)  # to launch alone; at SIGTERM it leaves its processes behind, and says so
    assert process.wait() == 0
    assert 'process has finished cleanly' in process.log[len(second) :]
