# SPDX-License-Identifier: Apache-2.0
"""Depth of one image, as an array of metres and as a picture.

    python examples/image.py demo/kitti_odometry/000010.jpg --camera demo/kitti_odometry/camera.yaml

The calibration is a file as written by ROS's camera_calibration; or construct a ``Camera`` from six numbers.
"""

import argparse

import cv2
import numpy as np

from optidepthnet_ros import DepthEstimator, draw_depth, read_camera, resolve_checkpoint

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument('image')
parser.add_argument('--camera', required=True, help='calibration of the rectified image')
parser.add_argument('--checkpoint', default='dlite0_street', help='a file, or the name of a shipped model')
parser.add_argument('--output', default='depth.png')
args = parser.parse_args()

image = cv2.imread(args.image)  # (H, W, 3) uint8, blue first
if image is None:
    parser.error(f'{args.image}: not an image that OpenCV can read')
camera = read_camera(args.camera)
estimator = DepthEstimator.from_file(resolve_checkpoint(args.checkpoint))
depth = estimator.estimate(image, camera).depth  # (H, W) float32 metres, NaN unknown

height, width = depth.shape
print(f'in the middle: {depth[height // 2, width // 2]:.1f} m; nearest: {np.nanmin(depth):.1f} m')
cv2.imwrite(args.output, draw_depth(image, depth, nearest=2.0, farthest=80.0))
print(f'picture: {args.output}')
