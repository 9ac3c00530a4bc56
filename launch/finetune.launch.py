# SPDX-License-Identifier: Apache-2.0
"""Starts training_node for a camera: ros2 launch optidepthnet_ros finetune.launch.py left:=/stereo/left ....

For an RGB-D camera: source:=rgbd rgb:=/camera/color depth:=/camera/aligned_depth_to_color/image_raw.
"""

from launch.actions import DeclareLaunchArgument, OpaqueFunction
from launch_ros.actions import Node

from launch import LaunchDescription
from optidepthnet_ros.ros.support.launch_arguments import node_keywords
from optidepthnet_ros.ros.support.launch_command import refuse_unknown_arguments
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
    refuse_unknown_arguments(__file__, finetune_arguments(), context.argv)
    given = context.launch_configurations
    image, depth = given['image'], given['depth']
    return [
        Node(
            **node_keywords('training_node', Parameters, CONFIG, given),
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
            sigterm_timeout='30',  # to save the state of a training
        )
    ]
