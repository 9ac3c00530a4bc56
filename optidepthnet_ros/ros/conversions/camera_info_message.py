# SPDX-License-Identifier: Apache-2.0
"""From Camera to sensor_msgs/CameraInfo; the reverse needs no ROS, see messages/camera_info."""

from sensor_msgs.msg import CameraInfo
from std_msgs.msg import Header

from optidepthnet_ros.geometry.camera import Camera


def info_from_camera(camera: Camera, header: Header) -> CameraInfo:
    """Describe a rectified image: without distortion, ROI and binning, and with the same K and P."""
    info = CameraInfo(header=header, width=camera.width, height=camera.height, distortion_model='plumb_bob')
    info.d = [0.0] * 5
    info.k = [camera.fx, 0.0, camera.cx, 0.0, camera.fy, camera.cy, 0.0, 0.0, 1.0]
    info.r = [1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0]
    info.p = [camera.fx, 0.0, camera.cx, 0.0, 0.0, camera.fy, camera.cy, 0.0, 0.0, 0.0, 1.0, 0.0]
    return info
