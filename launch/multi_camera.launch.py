# SPDX-License-Identifier: Apache-2.0
"""Starts a depth node for each of several cameras: ros2 launch optidepthnet_ros multi_camera.launch.py cameras:=FILE.

In FILE, YAML:

    cameras:
    - name: front                      # its namespace
      image: /front_camera/image_rect  # any argument of depth.launch.py; by default, topics are below the namespace
      camera_info: /front_camera/camera_info
      threads: 2
    - name: rear

Arguments of depth.launch.py on the command line apply to all cameras that do not set them.
"""

from launch.actions import DeclareLaunchArgument, GroupAction, IncludeLaunchDescription, OpaqueFunction
from launch.launch_description_sources import PythonLaunchDescriptionSource

from launch import LaunchDescription
from optidepthnet_ros.ros.depth_node.camera_list import read_camera_list
from optidepthnet_ros.ros.depth_node.launch_arguments import depth_arguments, multi_camera_arguments
from optidepthnet_ros.ros.support.launch_arguments import shipped_file
from optidepthnet_ros.ros.support.launch_command import refuse_unknown_arguments


def generate_launch_description():
    """Declare the argument and the nodes."""
    return LaunchDescription(
        [
            *(DeclareLaunchArgument(**argument) for argument in multi_camera_arguments()),
            OpaqueFunction(function=_depth_nodes),
        ]
    )


def _depth_nodes(context):
    refuse_unknown_arguments(__file__, [*multi_camera_arguments(), *depth_arguments()], context.argv)
    depth = PythonLaunchDescriptionSource(shipped_file('launch', 'depth.launch.py'))
    # Each in its own scope, so that the arguments of one camera do not apply to the next one.
    return [
        GroupAction([IncludeLaunchDescription(depth, launch_arguments=camera.items())])
        for camera in read_camera_list(context.launch_configurations['cameras'])
    ]
