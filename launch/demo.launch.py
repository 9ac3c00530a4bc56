# SPDX-License-Identifier: Apache-2.0
"""Shows depth of the shipped frames in RViz, without a camera: ros2 launch optidepthnet_ros demo.launch.py.

It also accepts all arguments of depth.launch.py.
"""

from launch.actions import DeclareLaunchArgument, IncludeLaunchDescription, OpaqueFunction
from launch.launch_description_sources import PythonLaunchDescriptionSource
from launch_ros.actions import Node

from launch import LaunchDescription
from optidepthnet_ros.ros.depth_node.launch_arguments import demo_arguments, depth_arguments
from optidepthnet_ros.ros.support.fast_dds import profile_to_set
from optidepthnet_ros.ros.support.launch_arguments import shipped_file
from optidepthnet_ros.ros.support.launch_command import refuse_unknown_arguments

FRAME = 'camera_optical_frame'
# Rotation of an optical frame (x right, y down, z ahead) in the frame of its camera (x ahead, y left, z up), REP-103.
QUATERNION = {'qx': '-0.5', 'qy': '0.5', 'qz': '-0.5', 'qw': '0.5'}


def generate_launch_description():
    """Declare the arguments, the depth node and the replacement of a camera."""
    depth = PythonLaunchDescriptionSource(shipped_file('launch', 'depth.launch.py'))
    return LaunchDescription(
        [
            *(DeclareLaunchArgument(**argument) for argument in demo_arguments()),
            OpaqueFunction(function=_check),
            IncludeLaunchDescription(depth),
            OpaqueFunction(function=_camera),
        ]
    )


def _check(context):
    refuse_unknown_arguments(__file__, [*demo_arguments(), *depth_arguments()], context.argv)


def _camera(context):
    given = context.launch_configurations
    return [
        Node(
            package='optidepthnet_ros',
            executable='camera_replay',
            namespace=given['namespace'],
            arguments=[
                *([given['sequence']] if given['sequence'] else []),
                *('--rate', given['frame_rate'], '--frame-id', FRAME, '--subscribers', '1'),
            ],
            remappings=[(name, given[name]) for name in ('image', 'camera_info')],
            additional_env=profile_to_set(),
            output='screen',
        ),
        Node(
            package='tf2_ros',
            executable='static_transform_publisher',
            arguments=[
                *('--frame-id', 'camera_link', '--child-frame-id', FRAME),
                *(text for name, value in QUATERNION.items() for text in (f'--{name}', value)),
            ],
        ),
    ]
