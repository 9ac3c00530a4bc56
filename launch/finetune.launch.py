# SPDX-License-Identifier: Apache-2.0
"""Starts training_node on a camera: ros2 launch optidepthnet_ros finetune.launch.py left:=/stereo/left ....

On an RGB-D camera: source:=rgbd rgb:=/camera/color depth:=/camera/aligned_depth_to_color/image_raw.
"""

from launch.actions import DeclareLaunchArgument, OpaqueFunction
from launch_ros.actions import Node

from launch import LaunchDescription
from optidepthnet_ros.ros.support.fast_dds import profile_to_set
from optidepthnet_ros.ros.support.launch_arguments import ros_arguments
from optidepthnet_ros.ros.training_node.launch_arguments import CAMERAS, CONFIG, finetune_arguments
from optidepthnet_ros.ros.training_node.parameters import Parameters


def generate_launch_description():
    """Declare the arguments and the node."""
    return LaunchDescription(
        [
            *(DeclareLaunchArgument(**argument) for argument in finetune_arguments()),
            OpaqueFunction(function=_training_node),
        ]
    )


def _training_node(context):
    given = context.launch_configurations
    image, depth = given['image'], given['depth']
    return [
        Node(
            package='optidepthnet_ros',
            executable='training_node',
            name=given['node_name'],
            namespace=given['namespace'],
            ros_arguments=ros_arguments(Parameters, CONFIG, given),
            remappings=[
                *(
                    (f'{camera}/{topic}', f'{given[camera]}/{name}')
                    for camera in CAMERAS
                    for topic, name in (
                        ('image', image),
                        ('image/compressed', f'{image}/compressed'),
                        ('camera_info', 'camera_info'),
                    )
                ),
                ('depth/image', depth),
                ('depth/image/compressedDepth', f'{depth}/compressedDepth'),
            ],
            additional_env=profile_to_set(),
            respawn=given['respawn'] == 'true',
            respawn_delay=2.0,
            sigterm_timeout='30',  # to save the state of a training
            output='screen',
        )
    ]
