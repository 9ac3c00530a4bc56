# SPDX-License-Identifier: Apache-2.0
"""Accuracy on KITTI 2015 frames, from the files that `optidepthnet predict` writes and from the checkpoint itself.

    python -m experiments.accuracy.kitti2015 KITTI2015_FOLDER [--checkpoint FILE]

The folder holds image_2/ and disp_noc_0/ of the benchmark. The two rows differ only in D1 and EPE, because the files
have `inf` for depth beyond 80 m.
"""

import argparse
import tempfile
from collections import defaultdict
from pathlib import Path

import yaml

from experiments.command import optidepthnet
from optidepthnet_ros.checkpoints.models import default_checkpoint
from optidepthnet_ros.evaluation.ground_truth.kitti_camera import kitti_camera
from optidepthnet_ros.files.image_file import list_images, read_image


def write_calibration(path: Path, width: int, height: int) -> None:
    """Write the calibration file for `predict --camera`, for frames of one size."""
    camera = kitti_camera(width, height)
    path.write_text(
        yaml.safe_dump(
            {
                'image_width': width,
                'image_height': height,
                'projection_matrix': {
                    'rows': 3,
                    'cols': 4,
                    'data': [camera.fx, 0.0, camera.cx, 0.0, 0.0, camera.fy, camera.cy, 0.0, 0.0, 0.0, 1.0, 0.0],
                },
            }
        )
    )


def main() -> None:
    """Predict all frames into a temporary folder and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('folder', type=Path)
    parser.add_argument('--checkpoint', type=Path, help='default: the shipped model')
    args = parser.parse_args()
    checkpoint = str(args.checkpoint or default_checkpoint())
    by_size = defaultdict(list)
    for path in list_images(args.folder / 'image_2'):
        by_size[read_image(path).shape[:2]].append(str(path))
    with tempfile.TemporaryDirectory() as folder:
        camera = Path(folder, 'camera.yaml')
        for (height, width), images in by_size.items():
            write_calibration(camera, width, height)
            optidepthnet(
                'predict',
                *images,
                '--camera',
                str(camera),
                '--output',
                folder,
                '--format',
                'npy',
                '--checkpoint',
                checkpoint,
            )
        optidepthnet('evaluate', checkpoint, f'predict={folder}', '--ground-truth', str(args.folder / 'disp_noc_0'))


if __name__ == '__main__':
    main()
