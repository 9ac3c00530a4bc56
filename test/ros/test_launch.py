"""The launch file, run by launch itself; needs a full ROS 2 with this package installed in it."""

import os
import signal
import sys

import pytest
from process import Process

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
def launch(domain_id, tmp_path):
    """Return a function that launches with arguments, as ros2 launch does."""
    get_package_prefix = pytest.importorskip('ament_index_python').get_package_prefix
    try:
        get_package_prefix('optidepthnet_ros')
    except (LookupError, OSError):
        pytest.skip('the package is not installed where launch finds it: build and source it with colcon')
    processes = []

    def start(*arguments):
        processes.append(Process([sys.executable, '-c', LAUNCH, *arguments], domain_id, tmp_path))
        return processes[-1]

    yield start
    for process in processes:
        process.kill()


def test_arguments_reach_the_node_and_ctrl_c_ends_it_cleanly(launch, checkpoint_file):
    process = launch('namespace:=front', 'image:=/camera/image_rect', 'camera_info:=/camera/camera_info',
                     f'checkpoint:={checkpoint_file}')
    process.wait_for_log('waiting for images on /camera/image_rect, calibration on /camera/camera_info')
    assert f'[front.depth_node]: loaded dvgg from {checkpoint_file}' in process.log
    process.signal_group(signal.SIGINT)
    assert process.wait() == 0
    assert 'process has finished cleanly' in process.log


def test_a_dead_node_is_started_again(launch, checkpoint_file):
    process = launch('respawn:=true', f'checkpoint:={checkpoint_file}')
    process.wait_for_log('waiting for images')
    first = process.log
    os.kill(int(first.split('process started with pid [')[1].split(']')[0]), signal.SIGKILL)
    process.wait_for_log('waiting for images', after=first)
    process.signal_group(signal.SIGINT)
    assert process.wait() == 0
