"""Starts depth_node on a camera's topics: ros2 launch optidepthnet_ros depth.launch.py image:=/camera/image_rect."""

from launch.actions import DeclareLaunchArgument, OpaqueFunction
from launch.conditions import IfCondition
from launch.substitutions import LaunchConfiguration, PathJoinSubstitution
from launch_ros.actions import Node
from launch_ros.substitutions import FindPackageShare

from launch import LaunchDescription
from optidepthnet_ros.ros.depth_node.parameters import SCALE_TOPICS, Parameters
from optidepthnet_ros.ros.depth_node.stacks import STACKS, stack_remappings
from optidepthnet_ros.ros.support.fast_dds import PROFILE_VARIABLES, profile_is_chosen
from optidepthnet_ros.ros.support.launch_arguments import parameter_arguments, ros_arguments

PACKAGE = 'optidepthnet_ros'


def generate_launch_description():
    """Declare the arguments and the node."""
    config = PathJoinSubstitution([FindPackageShare(PACKAGE), 'config'])
    return LaunchDescription(
        [
            DeclareLaunchArgument('namespace', default_value='', description='Namespace of the node and its topics.'),
            DeclareLaunchArgument('image', default_value='image', description='Topic of the rectified images.'),
            DeclareLaunchArgument(
                'camera_info', default_value='camera_info', description='Topic of their calibration.'
            ),
            *(
                DeclareLaunchArgument(
                    topic, default_value=topic, description=f'Topic of the evidence with scale_source:={topic}.'
                )
                for topic in SCALE_TOPICS
            ),
            DeclareLaunchArgument(
                'params_file',
                default_value=PathJoinSubstitution([config, 'depth.yaml']),
                description='Parameters of the node (YAML).',
            ),
            DeclareLaunchArgument(
                'respawn',
                default_value='false',
                choices=['true', 'false'],
                description='Start the node again 2 s after it died.',
            ),
            DeclareLaunchArgument(
                'rviz',
                default_value='false',
                choices=['true', 'false'],
                description='Open RViz 2 on the images, depth, cloud and TF.',
            ),
            *(
                DeclareLaunchArgument(name, default_value='false', choices=['true', 'false'], description=text)
                for name, text in STACKS.items()
            ),
            *(DeclareLaunchArgument(**argument) for argument in parameter_arguments(Parameters)),
            Node(
                package='rviz2',
                executable='rviz2',
                namespace=LaunchConfiguration('namespace'),
                arguments=['-d', PathJoinSubstitution([config, 'depth.rviz'])],
                remappings=[('image', LaunchConfiguration('image'))],
                condition=IfCondition(LaunchConfiguration('rviz')),
            ),
            OpaqueFunction(function=_depth_node, args=[PathJoinSubstitution([config, 'fastdds.xml'])]),
        ]
    )


def _depth_node(context, profile):
    given = ros_arguments(Parameters, context.launch_configurations)
    stacks = [name for name in STACKS if context.launch_configurations[name] == 'true']
    return [
        Node(
            package=PACKAGE,
            executable='depth_node',
            namespace=LaunchConfiguration('namespace'),
            ros_arguments=['--params-file', LaunchConfiguration('params_file'), *given],
            remappings=[
                *((name, LaunchConfiguration(name)) for name in ('image', 'camera_info', *SCALE_TOPICS)),
                *stack_remappings(stacks),
            ],
            additional_env={} if profile_is_chosen() else dict.fromkeys(PROFILE_VARIABLES, profile),
            respawn=LaunchConfiguration('respawn'),
            respawn_delay=2.0,
            output='screen',
        )
    ]
