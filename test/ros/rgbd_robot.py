# SPDX-License-Identifier: Apache-2.0
"""A robot with an RGB-D camera, for tests of the training node."""

import json

from depth_recordings import COLOUR, DEPTH, millimetres
from robot import Robot
from sensor_msgs.msg import CameraInfo, Image
from stereo_recordings import MATRIX, projection


class RgbdRobot(Robot):
    """Publishes images and aligned depth as realsense2_camera does, with stamps a tenth of a second apart."""

    def __init__(self, domain_id):
        super().__init__(domain_id)
        self._target = '/training_node'
        self._pictures, self._depths = (self._node.create_publisher(Image, topic, 10) for topic in (COLOUR, DEPTH))
        self._calibration = self._node.create_publisher(CameraInfo, COLOUR.replace('image_raw', 'camera_info'), 10)
        self._frames = 0

    def publish_view(self, image, depth, depth_frame='camera_color_optical_frame', zoom=1.0):
        """Publish an image, uint8 (H, W, 3), its depth in metres, and its calibration; zoom scales the focal length."""
        self._frames += 1
        height, width = depth.shape
        info = CameraInfo(width=width, height=height, p=projection(matrix=MATRIX * [[zoom], [zoom], [1]]).tolist())
        pictures = [
            Image(width=width, height=height, encoding=encoding, step=step * width, data=array.tobytes())
            for encoding, step, array in (('bgr8', 3, image), ('16UC1', 2, millimetres(depth)))
        ]
        for message, frame in zip(
            (info, *pictures), ('camera_color_optical_frame', 'camera_color_optical_frame', depth_frame), strict=True
        ):
            message.header.stamp.sec, message.header.stamp.nanosec = divmod(10**8 * self._frames, 10**9)
            message.header.frame_id = frame
        self._calibration.publish(info)
        self._pictures.publish(pictures[0])
        self._depths.publish(pictures[1])

    def facts(self):
        """Return the answer of ~/status."""
        return json.loads(self.trigger('status').message)
