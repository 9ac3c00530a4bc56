# SPDX-License-Identifier: Apache-2.0
"""Depth of all images in a folder, one array of metres for each.

    python examples/folder.py demo/kitti_odometry --camera demo/kitti_odometry/camera.yaml --output depth

`optidepthnet predict` does the same with more options.
"""

import argparse
from pathlib import Path

import cv2
import numpy as np

from optidepthnet_ros import DepthEstimator, read_camera, resolve_checkpoint

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument('folder', type=Path)
parser.add_argument('--camera', required=True, help='calibration of the rectified images')
parser.add_argument('--checkpoint', default='dlite0_street', help='a file, or the name of a shipped model')
parser.add_argument('--output', type=Path, default=Path('depth'))
parser.add_argument('--runtime', default='auto', help='auto: the fastest installed one, measured once')
args = parser.parse_args()

camera = read_camera(args.camera)
estimator = DepthEstimator.from_file(resolve_checkpoint(args.checkpoint), runtime=args.runtime)
args.output.mkdir(exist_ok=True)
for path in sorted(path for path in args.folder.iterdir() if path.suffix in ('.png', '.jpg')):
    estimate = estimator.estimate(cv2.imread(str(path)), camera, confidence=True)
    depth = np.where(estimate.confidence > 0.5, estimate.depth, np.nan)  # only where left and right disparity agree
    np.save(args.output / f'{path.stem}.npy', depth)
    print(f'{path.name}: median {np.nanmedian(depth):.1f} m, known in {np.isfinite(depth).mean():.0%} of the image')
