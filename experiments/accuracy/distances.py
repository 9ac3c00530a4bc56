# SPDX-License-Identifier: Apache-2.0
"""How right the models in models/ are at each distance of KITTI 2015 frames.

And how often what is there is taken for something much farther, which a robot hits, or much nearer, before which it
stops for nothing.

    python -m experiments.accuracy.distances KITTI2015_FOLDER --record experiments/records/distances.json

For all pixels with truth within a range together: the median of predicted over true depth, and the shares that are more
than a quarter too far and too near. Each model has a second row for the four fifths of its pixels in each frame with
the highest confidence. The last rows are stereo matching of the pair, which taught the models, and the image-blind
floor.
"""

import argparse
import itertools
from pathlib import Path

import numpy as np

from optidepthnet_ros.checkpoints.models import shipped_models
from optidepthnet_ros.evaluation.fine_tuned.recorded_frame import stereo_depth
from optidepthnet_ros.evaluation.ground_truth.frame import Frame
from optidepthnet_ros.evaluation.ground_truth.kitti2015 import Kitti2015Truth
from optidepthnet_ros.evaluation.image_blind import ImageBlind
from optidepthnet_ros.files.atomic import write_json
from optidepthnet_ros.files.image_file import read_image
from optidepthnet_ros.geometry.camera import StereoRig
from optidepthnet_ros.imaging.gray import to_gray
from optidepthnet_ros.inference import DepthEstimator

DISTANCES = (0, 6, 12, 25, 50, 80)  # metres
FACTOR = 1.25
KEPT = 0.8


def predictions(frame: Frame, models: dict[str, DepthEstimator], blind: ImageBlind) -> dict[str, np.ndarray]:
    """Return the depth (H, W) of each row of the table, NaN where it has none."""
    depths = {}
    for name, model in models.items():
        estimate = model.estimate(frame.pixels(), frame.camera, confidence=True)
        sure = estimate.confidence >= np.nanquantile(estimate.confidence, 1 - KEPT)
        depths |= {name: estimate.depth, f'{name}, {KEPT:.0%} most confident': np.where(sure, estimate.depth, np.nan)}
    return depths | {'stereo matching': matched_depth(frame), blind.name: blind.predict(frame)}


def matched_depth(frame: Frame) -> np.ndarray:
    left, right = (
        to_gray(read_image(frame.image.parents[1] / view / frame.image.name)) for view in ('image_2', 'image_3')
    )
    return stereo_depth(left, right, StereoRig(frame.camera, frame.baseline))


def summarise(ratios: np.ndarray) -> dict[str, float]:
    """Return what the table has of one range."""
    return {
        'pixels': len(ratios),
        'median': float(np.median(ratios)),
        'too_far': float(np.mean(ratios > FACTOR)),
        'too_near': float(np.mean(ratios < 1 / FACTOR)),
    }


def main() -> None:
    """Predict all frames and write the record."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('folder', type=Path)
    parser.add_argument('--record', type=Path, required=True, help='JSON file, read by results.py')
    args = parser.parse_args()
    truth = Kitti2015Truth(args.folder / 'disp_noc_0')
    models = {name: DepthEstimator.from_file(path) for name, path in shipped_models().items()}
    blind, ratios = ImageBlind(truth), {}
    for frame in map(truth.read, truth.names):
        for name, depth in predictions(frame, models, blind).items():
            known = np.isfinite(frame.depth) & (depth > 0)
            ratios.setdefault(name, []).append(np.stack([frame.depth[known], depth[known] / frame.depth[known]]))
    rows = {name: np.concatenate(parts, axis=1) for name, parts in ratios.items()}
    write_json(
        args.record,
        {
            'frames': len(truth.names),
            'distances': DISTANCES,
            'factor': FACTOR,
            'rows': {
                name: [
                    summarise(ratio[(distance >= near) & (distance < far)])
                    for near, far in itertools.pairwise(DISTANCES)
                ]
                for name, (distance, ratio) in rows.items()
            },
        },
    )


if __name__ == '__main__':
    main()
