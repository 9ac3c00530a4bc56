# SPDX-License-Identifier: Apache-2.0
"""Starts depth_node on a camera's topics: ros2 launch optidepthnet_ros depth.launch.py image:=/camera/image_rect."""

from launch.actions import DeclareLaunchArgument, OpaqueFunction
from launch_ros.actions import Node

from launch import LaunchDescription
from optidepthnet_ros.ros.depth_node.launch_arguments import CONFIG, depth_arguments
from optidepthnet_ros.ros.depth_node.parameters import SCALE_TOPICS, Parameters
from optidepthnet_ros.ros.depth_node.stacks import STACKS, stack_remappings
from optidepthnet_ros.ros.support.launch_arguments import node_keywords, shipped_file
from optidepthnet_ros.ros.support.launch_command import refuse_unknown_arguments


def generate_launch_description():
    """Declare the arguments and the nodes."""
    return LaunchDescription(
        [*(DeclareLaunchArgument(**argument) for argument in depth_arguments()), OpaqueFunction(function=_nodes)]
    )


def _nodes(context):
    refuse_unknown_arguments(__file__, depth_arguments(), context.argv)
    given = context.launch_configurations
    return [_depth_node(given), *([_rviz(given)] if given['rviz'] == 'true' else [])]


def _depth_node(given):
    stacks = [name for name in STACKS if given[name] == 'true']
    return Node(
        **node_keywords('depth_node', Parameters, CONFIG, given),
        remappings=[
            *((name, given[name]) for name in ('image', 'camera_info', *SCALE_TOPICS)),
            *stack_remappings(stacks),
        ],
    )


def _rviz(given):
    frame = ['-f', given['fixed_frame']] if given['fixed_frame'] else []
    return Node(
        package='rviz2',
        executable='rviz2',
        namespace=given['namespace'],
        arguments=['-d', shipped_file('config', 'depth.rviz'), *frame],
        remappings=[('image', given['image'])],
    )
