# SPDX-License-Identifier: Apache-2.0
"""The cost of `output_stride: 2`: errors, depth edges, and the range of an obstacle, at both strides.

    python -m experiments.speed.output_stride DATA HELD_OUT --record experiments/records/output_stride.json

DATA and HELD_OUT are those of `experiments.remeasure`. The model for roads is measured on KITTI 2015 frames, the model
for rooms on RGB-D frames of rooms; edges of both also on the held-out rendered rooms; the obstacle is the crate of
`experiments.robot.obstacles`.
"""

import argparse
import math
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np

from experiments.accuracy.edges import measure
from experiments.robot.obstacles import RULES, ranges
from experiments.training.series import against_truth
from optidepthnet_ros.checkpoints.models import PLACES, shipped_models
from optidepthnet_ros.evaluation.ground_truth.depth_recording import DepthRecordingTruth
from optidepthnet_ros.evaluation.ground_truth.kitti2015 import Kitti2015Truth
from optidepthnet_ros.files.atomic import write_json
from optidepthnet_ros.inference import DepthEstimator

STRIDES = 1, 2
RUNTIME = 'openvino'
MIN_HEIGHTS = 0.1, 0.2  # metres, from which on something counts as an obstacle
SEQUENCE = 'free/sequences/sim_house_obstacle'


def errors(name: str, stride: int, truth: Path) -> dict:
    """Return the metrics of a shipped model."""
    options = ('--runtime', RUNTIME, '--output-stride', str(stride))
    with tempfile.TemporaryDirectory() as output:
        return against_truth({name: shipped_models()[name]}, truth, Path(output), *options)[name]


def crate(sequence: Path, estimators: dict[str, DepthEstimator]) -> dict[str, dict]:
    """Return for each estimator how well it places the crate, and in how many frames without a crate it sees one."""
    figures: dict[str, dict] = {name: {} for name in estimators}
    for height in MIN_HEIGHTS:
        frames = list(ranges(sequence, estimators, replace(RULES, min_height=height)).values())
        with_crate = [frame for frame in frames if math.isfinite(frame['truth'])]
        without = [frame for frame in frames if math.isinf(frame['truth'])]
        for name in estimators:
            ratios = [frame[name] / frame['truth'] for frame in with_crate]
            figures[name][f'{height:g}'] = {
                'frames': len(with_crate),
                'median ratio': float(np.median(ratios)),
                'largest error': float(np.max(np.abs(np.log(ratios)))),
                'frames without': len(without),
                'false': sum(math.isfinite(frame[name]) for frame in without),
            }
    return figures


def main() -> None:
    """Measure, and write the record."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('data', type=Path)
    parser.add_argument('held_out', type=Path)
    parser.add_argument('--record', type=Path, required=True, help='JSON file, read by experiments.pages.speed')
    args = parser.parse_args()
    streets, rooms = args.data / 'eval/kitti2015/disp_noc_0', args.data / 'eval/rooms'
    record: dict = {}
    for name, truth, edges in (
        (PLACES['road'], streets, Kitti2015Truth(streets)),
        (PLACES['indoors'], rooms, DepthRecordingTruth(args.held_out)),
    ):
        estimators = {
            str(stride): DepthEstimator.from_file(shipped_models()[name], 1, RUNTIME, stride) for stride in STRIDES
        }
        record[name] = {
            'errors': {str(stride): errors(name, stride, truth) for stride in STRIDES},
            'edges': measure(edges, estimators),
            'crate': crate(args.data / SEQUENCE, estimators),
        }
    write_json(args.record, record)


if __name__ == '__main__':
    main()
