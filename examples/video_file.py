# SPDX-License-Identifier: Apache-2.0
"""Convert a video file to a video of depth.

    python examples/video_file.py drive.mp4 --camera camera.yaml --output depth.mp4

The calibration is that of the video's frames, which must be rectified. ``camera.resized(width, height)`` converts a
calibration of another resolution, if the video shows the whole image.
"""

import argparse

import cv2

from optidepthnet_ros import DepthEstimator, draw_depth, read_camera, resolve_checkpoint

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument('video')
parser.add_argument('--camera', required=True, help='calibration of the rectified frames')
parser.add_argument('--checkpoint', default='dlite0_street', help='a file, or the name of a shipped model')
parser.add_argument('--output', default='depth.mp4')
parser.add_argument('--runtime', default='auto', help='auto: the fastest installed one, measured once')
args = parser.parse_args()

video = cv2.VideoCapture(args.video)
if not video.isOpened():
    parser.error(f'{args.video}: not a video that OpenCV can read')
estimator = DepthEstimator.from_file(resolve_checkpoint(args.checkpoint), runtime=args.runtime)
camera = read_camera(args.camera)
camera = camera.resized(int(video.get(cv2.CAP_PROP_FRAME_WIDTH)), int(video.get(cv2.CAP_PROP_FRAME_HEIGHT)))
writer, frames = None, 0
while True:
    there, image = video.read()
    if not there:
        break
    picture = draw_depth(image, estimator.estimate(image, camera).depth, nearest=2.0, farthest=80.0)
    if writer is None:
        size = picture.shape[1], picture.shape[0]
        writer = cv2.VideoWriter(args.output, cv2.VideoWriter_fourcc(*'mp4v'), video.get(cv2.CAP_PROP_FPS), size)
    writer.write(picture)
    frames += 1
if writer is not None:
    writer.release()
print(f'{frames} frames in {args.output}')
