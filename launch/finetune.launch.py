"""Starts training_node on a camera: ros2 launch optidepthnet_ros finetune.launch.py left:=/stereo/left ....

On an RGB-D camera: source:=rgbd rgb:=/camera/color depth:=/camera/aligned_depth_to_color/image_raw.
"""

from launch.actions import DeclareLaunchArgument, OpaqueFunction
from launch.substitutions import LaunchConfiguration, PathJoinSubstitution
from launch_ros.actions import Node
from launch_ros.substitutions import FindPackageShare

from launch import LaunchDescription
from optidepthnet_ros.ros.support.fast_dds import PROFILE_VARIABLES, profile_is_chosen
from optidepthnet_ros.ros.support.launch_arguments import parameter_arguments, ros_arguments
from optidepthnet_ros.ros.training_node.parameters import Parameters

PACKAGE = 'optidepthnet_ros'
CAMERAS = {'left': 'left camera', 'right': 'right camera', 'rgb': 'camera with depth'}


def generate_launch_description():
    """Declare the arguments and the node."""
    config = PathJoinSubstitution([FindPackageShare(PACKAGE), 'config'])
    return LaunchDescription(
        [
            DeclareLaunchArgument('namespace', default_value='', description='Namespace of the node and its topics.'),
            *(
                DeclareLaunchArgument(name, default_value=name, description=f'Namespace of the {camera}.')
                for name, camera in CAMERAS.items()
            ),
            DeclareLaunchArgument(
                'depth', default_value='depth/image', description='Topic of depth that is aligned to the images of rgb.'
            ),
            DeclareLaunchArgument(
                'image',
                default_value='image_raw',
                description='Name of the image topic in these; raw ones are rectified when learned from.',
            ),
            DeclareLaunchArgument(
                'params_file',
                default_value=PathJoinSubstitution([config, 'finetune.yaml']),
                description='Parameters of the node (YAML).',
            ),
            *(DeclareLaunchArgument(**argument) for argument in parameter_arguments(Parameters)),
            OpaqueFunction(function=_training_node, args=[PathJoinSubstitution([config, 'fastdds.xml'])]),
        ]
    )


def _training_node(context, profile):
    given = ros_arguments(Parameters, context.launch_configurations)
    image, depth = (LaunchConfiguration(name).perform(context) for name in ('image', 'depth'))
    return [
        Node(
            package=PACKAGE,
            executable='training_node',
            namespace=LaunchConfiguration('namespace'),
            ros_arguments=['--params-file', LaunchConfiguration('params_file'), *given],
            remappings=[
                *(
                    (f'{camera}/{topic}', f'{LaunchConfiguration(camera).perform(context)}/{name}')
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
            additional_env={} if profile_is_chosen() else dict.fromkeys(PROFILE_VARIABLES, profile),
            sigterm_timeout='30',  # to save the state of a training
            output='screen',
        )
    ]
