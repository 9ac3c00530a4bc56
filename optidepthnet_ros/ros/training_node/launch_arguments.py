# SPDX-License-Identifier: Apache-2.0
"""The arguments of finetune.launch.py. Imports neither ROS nor launch."""

from optidepthnet_ros.ros.support.launch_arguments import Argument, argument, node_arguments, parameter_arguments
from optidepthnet_ros.ros.training_node.parameters import Parameters

CONFIG = 'finetune.yaml'
CAMERAS = {'left': 'left camera', 'right': 'right camera', 'rgb': 'RGB-D camera'}


def finetune_arguments() -> list[Argument]:
    """Return all arguments."""
    return [
        *(argument(name, name, f'Namespace of the {camera}.') for name, camera in CAMERAS.items()),
        argument('depth', 'depth/image', 'Topic of depth images that are aligned to the images of rgb.'),
        argument(
            'image', 'image_raw', 'Name of the image topic in these namespaces; raw images are rectified for training.'
        ),
        *node_arguments('training_node', CONFIG),
        *parameter_arguments(Parameters),
    ]
