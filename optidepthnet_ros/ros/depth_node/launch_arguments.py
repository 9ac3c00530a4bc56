# SPDX-License-Identifier: Apache-2.0
"""The arguments of depth.launch.py, demo.launch.py and multi_camera.launch.py. Imports neither ROS nor launch."""

from optidepthnet_ros.ros.depth_node.parameters import SCALE_TOPICS, Parameters
from optidepthnet_ros.ros.depth_node.stacks import STACKS
from optidepthnet_ros.ros.support.launch_arguments import (
    Argument,
    argument,
    node_arguments,
    parameter_arguments,
    switch,
)

CONFIG = 'depth.yaml'


def depth_arguments() -> list[Argument]:
    """Return the arguments of depth.launch.py."""
    return [
        argument('image', 'image', 'Topic of the images; they must be rectified, unless rectify is true.'),
        argument('camera_info', 'camera_info', 'Topic of the calibration of the images.'),
        *(argument(topic, topic, f'Topic of the scale evidence with scale_source:={topic}.') for topic in SCALE_TOPICS),
        *node_arguments('depth_node', CONFIG),
        switch('rviz', 'Open RViz 2 with the images, depth, cloud, obstacles and TF.'),
        argument('fixed_frame', '', 'Fixed frame of RViz, such as odom. Empty: base_link.'),
        *(switch(name, text) for name, text in STACKS.items()),
        *parameter_arguments(Parameters),
    ]


def demo_arguments() -> list[Argument]:
    """Return the arguments of demo.launch.py other than those of depth.launch.py; two of them only change a default."""
    return [
        argument('sequence', '', 'Folder of rectified images and their camera.yaml. Empty: the shipped frames.'),
        argument('frame_rate', '10.0', 'Frames per second; the frames are repeated endlessly.'),
        switch('rviz', 'Open RViz 2 with the images, depth, cloud and TF.', 'true'),
        argument('fixed_frame', 'camera_link', 'Fixed frame of RViz.'),
    ]


def multi_camera_arguments() -> list[Argument]:
    """Return the arguments of multi_camera.launch.py."""
    return [
        argument(
            'cameras',
            '',
            'YAML file with a list named cameras. Each camera has a name, which is the namespace of its depth node, '
            'and any other arguments of depth.launch.py. Arguments on the command line apply to all cameras that do '
            'not set them.',
        )
    ]
