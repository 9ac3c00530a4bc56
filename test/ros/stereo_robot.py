# SPDX-License-Identifier: Apache-2.0
"""A robot with a stereo camera, for tests of the training node."""

import json

from robot import Robot
from sensor_msgs.msg import CameraInfo, Image


class StereoRobot(Robot):
    """Publishes pairs on left/ and right/, with stamps a tenth of a second apart."""

    def __init__(self, domain_id):
        super().__init__(domain_id)
        self._target = '/training_node'
        self._sides = [
            (
                self._node.create_publisher(Image, f'{side}/image_rect', 10),
                self._node.create_publisher(CameraInfo, f'{side}/camera_info', 10),
            )
            for side in ('left', 'right')
        ]
        self._pairs = 0

    def publish_pair(self, views, focal_length, baseline, encodings=('mono8', 'mono8')):
        """Publish the left and right view, (H, W) uint8, with their calibration."""
        self._pairs += 1
        shifts = (0.0, -focal_length * baseline)
        for view, (images, infos), tx, encoding in zip(views, self._sides, shifts, encodings):
            height, width = view.shape
            info = CameraInfo(width=width, height=height)
            info.p = [focal_length, 0.0, width / 2, tx, 0.0, focal_length, height / 2, 0.0, 0.0, 0.0, 1.0, 0.0]
            image = Image(width=width, height=height, encoding=encoding, step=width, data=view.tobytes())
            for message in (info, image):
                message.header.stamp.sec, message.header.stamp.nanosec = divmod(10**8 * self._pairs, 10**9)
            infos.publish(info)
            images.publish(image)

    def facts(self):
        """Return the answer of ~/status."""
        return json.loads(self.trigger('status').message)
