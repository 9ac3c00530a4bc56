# SPDX-License-Identifier: Apache-2.0
"""Print distances in front of a webcam until Ctrl-C.

    python examples/webcam.py --device 0 --field-of-view 62

Without a calibration, metres are only as good as the given horizontal field of view: a common webcam has 55 to 78
degrees. For better metres, calibrate it (with ROS's camera_calibration, or OpenCV) and read the file with
``read_camera``.
"""

import argparse
import math

import cv2
import numpy as np

from optidepthnet_ros import Camera, DepthEstimator, resolve_checkpoint

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument('--device', default='0', help='camera number, or anything else that OpenCV opens, such as a file')
parser.add_argument('--field-of-view', type=float, default=62.0, metavar='DEGREES', help='horizontal')
parser.add_argument('--checkpoint', default='dlite0_free', help='a file, or the name of a shipped model')
parser.add_argument('--runtime', default='auto', help='auto: the fastest installed one, measured once')
args = parser.parse_args()

device = cv2.VideoCapture(int(args.device) if args.device.isdigit() else args.device)
if not device.isOpened():
    parser.error(f'--device {args.device}: no such camera, or another program uses it')
estimator = DepthEstimator.from_file(resolve_checkpoint(args.checkpoint), runtime=args.runtime)
try:
    while True:
        there, image = device.read()
        if not there:
            break
        height, width = image.shape[:2]
        focal = width / 2 / math.tan(math.radians(args.field_of_view) / 2)
        camera = Camera(width, height, focal, focal, (width - 1) / 2, (height - 1) / 2)
        middle = estimator.estimate(image, camera).depth[height // 3 : -height // 3]
        left, ahead, right = (np.nanmedian(third) for third in np.array_split(middle, 3, axis=1))
        print(f'left {left:.1f} m, ahead {ahead:.1f} m, right {right:.1f} m')
except KeyboardInterrupt:
    pass
