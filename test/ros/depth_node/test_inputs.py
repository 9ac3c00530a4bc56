# SPDX-License-Identifier: Apache-2.0
"""Compressed, unrectified images: decoded and rectified in the node, or refused with the reason."""

import numpy as np
from robot import HEIGHT, WIDTH
from sensor_msgs.msg import CameraInfo, Image

K = [60.0, 0.0, 32.0, 0.0, 60.0, 24.0, 0.0, 0.0, 1.0]
R = [1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0]


def test_compressed_unrectified_images_become_rectified_depth(start_node, robot):
    depth, infos = robot.listen(Image, '/rear/depth/image_rect'), robot.listen(CameraInfo, '/rear/depth/camera_info')
    node = start_node(
        '-p',
        'image_transport:=compressed',
        '-p',
        'rectify:=true',
        '-r',
        '__ns:=/rear',
        '-r',
        'image:=/image',
        '-r',
        'camera_info:=/camera_info',
    )

    def frame(suffix='.png', data=None, model='plumb_bob'):
        # With this distortion, the corners of the rectified image are outside the lens's view.
        robot.publish_info(fx=50.0, k=K, r=R, distortion_model=model, d=[0.3, 0.0, 0.0, 0.0, 0.0])
        robot.publish_compressed(suffix, data)

    robot.wait_until(lambda: depth and infos, lambda: (frame('.png'), frame('.jpg')))
    assert (depth[-1].width, depth[-1].height) == (WIDTH, HEIGHT)
    assert infos[-1].p[0] == 50 and not any(infos[-1].d)
    metres = np.frombuffer(depth[-1].data, np.float32).reshape(HEIGHT, WIDTH)
    assert np.isnan(metres[[0, 0, -1, -1], [0, -1, 0, -1]]).all()
    assert np.isfinite(metres[10:-10, 10:-10]).all()

    robot.wait_until(lambda: 'not a readable image' in node.log, lambda: frame(data=b'no image'))
    robot.wait_until(lambda: "distortion model 'fov' is not known" in node.log, lambda: frame(model='fov'))
    last = robot.stamp
    robot.wait_until(lambda: depth[-1].header.stamp.sec > last, frame)
