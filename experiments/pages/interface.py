# SPDX-License-Identifier: Apache-2.0
"""Write topics, services and launch arguments of the nodes into docs/interface.md.

    python -m experiments.pages.interface

Parameters are written by parameters.py. Topics and services are those that real nodes have; what they are for is below,
and one without a line here is an error.
A test fails when the page differs from what this writes.
"""

from collections.abc import Iterable
from typing import Any

import rclpy
from rclpy.logging import LoggingSeverity, set_logger_level
from rclpy.node import Node

from experiments.pages.launch_files import declared_arguments, in_words, launch_files
from experiments.pages.page import ROOT, filled, write
from optidepthnet_ros.ros.depth_node.node import DepthNode
from optidepthnet_ros.ros.depth_node.obstacle_outputs import PX4_OUTPUT
from optidepthnet_ros.ros.depth_node.parameters import SCALE_TOPICS
from optidepthnet_ros.ros.depth_node.parameters import Parameters as DepthParameters
from optidepthnet_ros.ros.support.parameter import parameters_of
from optidepthnet_ros.ros.training_node.node import TrainingNode
from optidepthnet_ros.ros.training_node.parameters import Parameters as TrainingParameters
from optidepthnet_ros.ros.training_node.rgbd_source import RgbdSource
from optidepthnet_ros.ros.training_node.stereo_source import StereoSource

PAGE = 'docs/interface.md'
DEPTH_TOPICS = {
    'image': 'bgr, rgb, bgra, rgba, mono and Bayer (8, 16 bit), YUV 4:2:2, NV12, NV21; padded rows.',
    'image/compressed': 'Instead, with `image_transport: compressed`. JPEG or PNG; 16 bit: the upper byte.',
    'camera_info': 'Calibration of the images. Binning and region of interest are honoured.',
    'points': 'With `scale_source: points`: corrects the metric scale, see [metric_scale.md](metric_scale.md).',
    'scan': 'The same with `scale_source: scan`.',
    'range': 'The same with `scale_source: range`.',
    'odometry': 'The same with `scale_source: odometry`, from the motion of the camera.',
    'depth/image_rect': '32FC1 metres, or 16UC1 millimetres; stamp, frame and size of the input.',
    'depth/camera_info': 'Calibration of the depth image, with its stamp.',
    'depth/points': 'xyz and rgb, organised or dense, in the optical frame.',
    'depth/confidence': '32FC1, 0 to 1: [how reliable it is](confidence.md).',
    'depth/disparity': "32FC1 pixels of a stereo camera with the checkpoint's baseline; -1 is unknown.",
    'depth/preview': 'bgr8, near is red, far is blue, for people. With `scale_preview`, also the evidence.',
    'depth/scan': 'The nearest obstacle in each direction, in a level frame: [obstacles.md](obstacles.md).',
    'depth/nearest': 'The nearest obstacle in any direction.',
    'depth/time_to_contact': 'Seconds until contact with the nearest obstacle.',
    'depth/obstacle_distance': 'For `obstacle/send` of MAVROS: 72 sectors, clockwise.',
    PX4_OUTPUT: 'The same for PX4, where `px4_msgs` is installed.',
    '~/scale': 'With `scale_source`: the correction of each frame, with its stamp.',
    '/diagnostics': '1 Hz: model, input, image, output, calibration, connections, process, callbacks, and scale.',
    '/tf': 'The level frame of `depth/scan`, unless `obstacles.frame` names one.',
}
DEPTH_SERVICES = {'~/scale/reset': 'With `scale_source`: forgets the correction.'}
TRAINING_TOPICS = {
    'left/image': 'With `source: stereo`. Its subtopic `compressed` with `record.image_transport: compressed`.',
    'right/image': 'The same.',
    'left/camera_info': 'Calibration of the left camera.',
    'right/camera_info': 'Calibration of the right camera; P[3] is below 0.',
    'rgb/image': 'With `source: rgbd`. Its subtopic `compressed` with `record.image_transport: compressed`.',
    'rgb/camera_info': 'Calibration of the images.',
    'depth/image': 'Depth aligned to the images. Its subtopic `compressedDepth`, as for `rgb/image`.',
    '~/progress': 'Fraction of the training that is done, 0 to 1; latched.',
    '~/metrics': 'Loss and its parts, scores, images per second, time left.',
    '~/preview': 'Frame, disparity, the left view rebuilt from the right one (or recorded depth), error; latched.',
    '~/result': 'Path of the model in use; latched.',
    '/diagnostics': '1 Hz: state, figures and last message; and the counts of the recording.',
}
TRAINING_SERVICES = {
    '~/record/start': 'Begins a new recording.',
    '~/record/stop': 'Ends the recording; the response counts kept pairs, and dropped pairs by reason.',
    '~/start': 'Trains on all recordings, compares the result with the base, and promotes it if it is better.',
    '~/stop': 'Stops the training and saves its state.',
    '~/resume': 'Continues after a stop, a crash or a reboot.',
    '~/status': 'The complete status, as JSON.',
    '~/rollback': 'Returns to the parent of the model in use.',
}
_OF_RCLPY = '/parameter_events', '/rosout', '~/transition_event'
_IN_A_FULL_ROS = {PX4_OUTPUT: 'px4_msgs/ObstacleDistance', '/tf': 'tf2_msgs/TFMessage'}
_TRANSPORTS = 'raw', 'compressed', 'raw', 'raw'  # of one node for each of SCALE_TOPICS


def generated() -> dict[str, str]:
    """Return the content of the page, by its path in the repository."""
    depth, training = _depth_node(), _training_node()
    blocks = {
        'topics of depth_node': topics_table(*depth[:2], DEPTH_TOPICS),
        'services of depth_node': services_table(depth[2], DEPTH_SERVICES),
        'topics of training_node': topics_table(*training[:2], TRAINING_TOPICS),
        'services of training_node': services_table(training[2], TRAINING_SERVICES),
        'launch arguments': arguments_tables(),
    }
    return {PAGE: filled(ROOT / PAGE, blocks)}


def topics_table(inputs: dict[str, str], outputs: dict[str, str], words: dict[str, str]) -> str:
    """Return a row for each topic, in the order of ``words``.

    :param inputs: types of messages, by topic
    :raises SystemExit: a topic without words, or words without a topic
    """
    _check(inputs | outputs, words)
    lines = ['| | topic | type | |', '|---|---|---|---|']
    for direction, topics in (('in', inputs), ('out', outputs)):
        lines += [
            f'| {direction} | `{name}` | `{topics[name]}` | {text} |' for name, text in words.items() if name in topics
        ]
    return '\n'.join(lines)


def services_table(services: dict[str, str], words: dict[str, str]) -> str:
    """Return a row for each service, likewise."""
    _check(services, words)
    lines = ['| service | type | |', '|---|---|---|']
    return '\n'.join([*lines, *(f'| `{name}` | `{services[name]}` | {text} |' for name, text in words.items())])


def arguments_tables() -> str:
    """Return a table for each launch file, without the arguments that set a parameter of the same name."""
    known = {item.name for cls in (DepthParameters, TrainingParameters) for item in parameters_of(cls)}
    parts = []
    for path in launch_files():
        lines = [f'### {path.name}', '', '| argument | default | |', '|---|---|---|']
        for argument in declared_arguments(path):
            if argument['name'] not in known:
                default = in_words(argument.get('default_value', ''))
                lines.append(
                    f'| `{argument["name"]}` | {f"`{default}`" if default else ""} | {argument["description"]} |'
                )
        parts.append('\n'.join(lines))
    return '\n\n'.join(parts)


def _check(declared: Iterable[str], words: Iterable[str]) -> None:
    if different := set(declared) ^ set(words):
        raise SystemExit(f'{__file__}: what is {", ".join(sorted(different))}? Add or remove a line')


def _depth_node() -> tuple[dict[str, str], ...]:
    inputs, outputs, services = {}, dict(_IN_A_FULL_ROS), {}
    for source, transport in zip(SCALE_TOPICS, _TRANSPORTS):
        scale = {'scale_source': source, 'scale_transform': '0 0 0 0 0 0 1'}
        with _Ros({'runtime': 'torch', 'checkpoint': 'dlite0_fast', 'image_transport': transport} | scale):
            node = DepthNode()
            node.start()
            for known, found in zip((inputs, outputs, services), _interface_of(node)):
                known |= found
            node.destroy_node()
    return inputs, outputs, services


def _training_node() -> tuple[dict[str, str], ...]:
    sources = StereoSource(compressed=False), RgbdSource(compressed=False)
    inputs = {topic: 'sensor_msgs/Image' for source in sources for topic in source.images.values()}
    inputs |= {topic: 'sensor_msgs/CameraInfo' for source in sources for topic in source.infos.values()}
    with _Ros({}):
        node = TrainingNode()
        _, outputs, services = _interface_of(node)
        node.destroy_node()
    return inputs, outputs, services


def _interface_of(node: Node) -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
    """Return subscriptions, publishers and services: types by names as they stand in the code."""
    return (
        _by_name(node, ((item.topic_name, item.msg_type) for item in node.subscriptions)),
        _by_name(node, ((item.topic_name, item.msg_type) for item in node.publishers)),
        _by_name(
            node, ((item.srv_name, item.srv_type) for item in node.services if 'std_srvs' in item.srv_type.__module__)
        ),
    )


def _by_name(node: Node, found: Iterable[tuple[str, type]]) -> dict[str, str]:
    own, names = f'/{node.get_name()}/', {}
    for full, kind in found:
        name = f'~/{full.removeprefix(own)}' if full.startswith(own) else full
        name = name if name.startswith(('~', '/diagnostics', '/tf', '/parameter', '/rosout')) else name.lstrip('/')
        if name not in _OF_RCLPY:
            names[name] = f'{kind.__module__.partition(".")[0]}/{kind.__name__}'
    return names


class _Ros:
    """rclpy for as long as the block lasts, with these parameters."""

    def __init__(self, parameters: dict[str, Any]):
        self._arguments = [text for name, value in parameters.items() for text in ('-p', f'{name}:={value}')]

    def __enter__(self) -> None:
        rclpy.init(args=['--ros-args', *self._arguments])
        set_logger_level('', LoggingSeverity.ERROR)

    def __exit__(self, *_: object) -> None:
        set_logger_level('', LoggingSeverity.INFO)  # the level belongs to the process, not to the context
        rclpy.try_shutdown()


def main() -> None:
    """Write the page."""
    write(generated())


if __name__ == '__main__':
    main()
