# SPDX-License-Identifier: Apache-2.0
"""Publishes a folder of frames like a camera driver: stamped now, with calibration, with the sensor data QoS."""

import argparse
import sys
from itertools import cycle

import numpy as np
from rclpy.node import Node
from rclpy.qos import qos_profile_sensor_data
from rclpy.utilities import remove_ros_args
from sensor_msgs.msg import CameraInfo, Image
from std_msgs.msg import Header

from optidepthnet_ros.files.image_sequence import Sequence, read_sequence
from optidepthnet_ros.files.share import share_path
from optidepthnet_ros.files.user_path import user_path
from optidepthnet_ros.ros.conversions.camera_info_message import info_from_camera
from optidepthnet_ros.ros.conversions.image_message import write_image
from optidepthnet_ros.ros.support.failures import Failures
from optidepthnet_ros.ros.support.process import run_node


class CameraReplay(Node):
    """Publishes ``image`` and ``camera_info`` in a loop.

    :param rate: frames per second
    :param subscribers: nothing is sent until each topic has this number of them
    """

    def __init__(self, sequence: Sequence, rate: float, frame_id: str, subscribers: int):
        super().__init__('camera_replay')
        self.failures = Failures(self)
        self._camera = sequence.camera
        self._frame_id = frame_id
        self._subscribers = subscribers
        self._messages = cycle([_message(image) for image in sequence.images])
        self._info = self.create_publisher(CameraInfo, 'camera_info', qos_profile_sensor_data)
        self._image = self.create_publisher(Image, 'image', qos_profile_sensor_data)
        self.create_timer(1 / rate, self._send)

    def _send(self) -> None:
        if min(self._info.get_subscription_count(), self._image.get_subscription_count()) < self._subscribers:
            return
        header = Header(stamp=self.get_clock().now().to_msg(), frame_id=self._frame_id)
        self._info.publish(info_from_camera(self._camera, header))
        message = next(self._messages)
        message.header = header
        self._image.publish(message)


def _message(image: np.ndarray) -> Image:
    message = Image()
    write_image(message, image, 'bgr8')
    return message


def main() -> int:
    """Run the node until Ctrl-C or SIGTERM.

    :return: exit status
    """
    parser = argparse.ArgumentParser(prog='camera_replay', description=__doc__)
    parser.add_argument(
        'folder', type=user_path, nargs='?', help='images and their calibration, camera.yaml; default: the shipped ones'
    )
    parser.add_argument('--rate', type=float, default=10.0, help='frames per second; default: %(default)s')
    parser.add_argument('--frame-id', default='camera_optical_frame', help='default: %(default)s')
    parser.add_argument('--subscribers', type=int, default=0, help='wait for this number; default: %(default)s')
    args = parser.parse_args(remove_ros_args(sys.argv)[1:])
    sequence = read_sequence(args.folder or share_path('demo', 'kitti_odometry'))
    return run_node(lambda: CameraReplay(sequence, args.rate, args.frame_id, args.subscribers), lambda node: None)


if __name__ == '__main__':
    sys.exit(main())
