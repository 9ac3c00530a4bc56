# SPDX-License-Identifier: Apache-2.0
"""Are depth edges at the same places as those of the truth? All models on rendered rooms and on KITTI 2015 frames.

    python -m experiments.accuracy.edges --rooms FOLDER --streets KITTI2015_FOLDER
        [--record experiments/records/edges.json] [CHECKPOINT ...]

The metrics are those of :mod:`optidepthnet_ros.evaluation.depth_edges`, at the resolution of the networks' input,
averaged over the frames that have edges. The truth of KITTI is sparse: its edges are mostly outlines of cars.
"""

import argparse
from contextlib import suppress
from pathlib import Path

import cv2
import numpy as np

from optidepthnet_ros.checkpoints.models import resolve_checkpoint, shipped_models
from optidepthnet_ros.evaluation.depth_edges import EDGE_METRICS, NoEdgeError, edge_metrics
from optidepthnet_ros.evaluation.ground_truth.depth_recording import DepthRecordingTruth
from optidepthnet_ros.evaluation.ground_truth.frame import Frame, GroundTruth
from optidepthnet_ros.evaluation.ground_truth.kitti2015 import Kitti2015Truth
from optidepthnet_ros.evaluation.image_blind import ImageBlind
from optidepthnet_ros.files.atomic import write_json
from optidepthnet_ros.geometry.canonical import GENERAL
from optidepthnet_ros.inference import DepthEstimator

FARTHEST = 80.0  # metres


def reduced(depth: np.ndarray, frame: Frame) -> np.ndarray:
    """Return the mean log depth in each pixel at the canonical focal length, as depth; NaN where it is unknown."""
    size = tuple(round(length * GENERAL.focal / frame.camera.fx) for length in reversed(depth.shape))
    known = np.isfinite(depth) & (depth > 0)
    logs = np.where(known, np.log(np.where(known, depth, 1)), 0).astype(np.float32)
    total, share = (
        cv2.resize(values, size, interpolation=cv2.INTER_AREA) for values in (logs, known.astype(np.float32))
    )
    return np.where(share > 0, np.exp(total / np.maximum(share, 1e-6)), np.nan)


def measure(truth: GroundTruth, models: dict[str, DepthEstimator]) -> dict:
    """Return the number of frames and the means of each system."""
    blind = ImageBlind(truth)
    rows = {name: [] for name in (*models, blind.name)}
    for frame in map(truth.read, truth.names):
        wanted = reduced(frame.depth, frame)
        depths = {name: model.estimate(frame.pixels(), frame.camera).depth for name, model in models.items()}
        for name, depth in (depths | {blind.name: blind.predict(frame)}).items():
            depth = reduced(np.where(np.isinf(depth), FARTHEST, depth), frame)
            with suppress(NoEdgeError):
                rows[name].append(edge_metrics(np.where(np.isfinite(depth), depth, FARTHEST), wanted))
    means = {
        name: {key: float(np.mean([row[key] for row in values])) for key in EDGE_METRICS}
        for name, values in rows.items()
    }
    return {'frames': len(rows[blind.name]), 'rows': means}


def main() -> None:
    """Measure, print, and write the record."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('checkpoints', nargs='*', help='default: the shipped models')
    parser.add_argument('--rooms', type=Path, required=True, help='depth recordings')
    parser.add_argument('--streets', type=Path, required=True)
    parser.add_argument('--record', type=Path, help='JSON file, read by results.py')
    args = parser.parse_args()
    paths = {Path(name).stem: resolve_checkpoint(name) for name in args.checkpoints} or shipped_models()
    models = {name: DepthEstimator.from_file(path) for name, path in paths.items()}
    truths = {'rooms': DepthRecordingTruth(args.rooms), 'streets': Kitti2015Truth(args.streets / 'disp_noc_0')}
    record = {place: measure(truth, models) for place, truth in truths.items()}
    for place, part in record.items():
        print(f'{place}, {part["frames"]} frames')
        for name, row in part['rows'].items():
            print(f'{name:45}' + ''.join(f'{key} {row[key]:6.3f}  ' for key in EDGE_METRICS))
    if args.record:
        write_json(args.record, record)


if __name__ == '__main__':
    main()
