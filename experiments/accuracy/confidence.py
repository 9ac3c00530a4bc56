# SPDX-License-Identifier: Apache-2.0
"""Does confidence predict the error? Sparsification on streets and in rooms, compared with other possible confidences.

    python -m experiments.accuracy.confidence KITTI2015 ROOMS --record experiments/records/confidence.json

KITTI2015 holds image_2/ and disp_noc_0/ of the benchmark, ROOMS holds depth recordings. The model for roads is measured
on the former, the model for rooms on the latter: Abs Rel of the remaining pixels as the most doubted ones are removed,
mean over frames, depth up to 80 m, no median scaling; the pixels that thresholds of the confidence keep; and those that
the edge filter removes at its default. `row` is the floor: it never looks at the image, and doubts higher rows more.
"""

import argparse
from pathlib import Path

import cv2
import numpy as np
import torch

from optidepthnet_ros.checkpoints.models import PLACES, shipped_models
from optidepthnet_ros.evaluation.bootstrap import draw_weights, interval
from optidepthnet_ros.evaluation.ground_truth.depth_recording import DepthRecordingTruth
from optidepthnet_ros.evaluation.ground_truth.frame import Frame, GroundTruth
from optidepthnet_ros.evaluation.ground_truth.kitti2015 import Kitti2015Truth
from optidepthnet_ros.evaluation.protocol import Protocol
from optidepthnet_ros.evaluation.sparsification import KEPT, sparsification_curve
from optidepthnet_ros.files.atomic import write_json
from optidepthnet_ros.geometry.camera import Camera
from optidepthnet_ros.geometry.confidence import PRECISION
from optidepthnet_ros.inference import DepthEstimator
from optidepthnet_ros.inference.reliable import reliable_depth
from optidepthnet_ros.network.forms import fold
from optidepthnet_ros.ros.depth_node.parameters import Parameters

BANDS = 16  # bands of rows, with equally many pixels each
THRESHOLDS = (0.0, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9)
PROTOCOL = Protocol()
_AT_80 = KEPT.index(0.8)


def scale_spread(network: torch.nn.Module, estimator: DepthEstimator, image: np.ndarray, camera: Camera) -> np.ndarray:
    """Return the standard deviation of left disparity over the decoder's scales, (H, W) fractions of the width."""
    with torch.inference_mode():
        scales = network(torch.from_numpy(estimator.network_input(image, estimator.view(camera))))
    size = image.shape[1::-1]
    return np.std([cv2.resize(scale[0, 0].numpy(), size) for scale in scales], axis=0)


def doubts(network: torch.nn.Module, estimator: DepthEstimator, image: np.ndarray, camera) -> dict[str, np.ndarray]:
    """Return every kind of doubt about one image, (H, W), and under 'depth' the depth that is doubted."""
    estimate = estimator.estimate(image, camera, confidence=True)
    d = estimate.disparity
    mirrored = estimator.estimate(image[:, ::-1].copy(), camera).disparity[:, ::-1]
    brighter = estimator.estimate((255 * (image / 255) ** 0.8).astype(np.uint8), camera).disparity
    with np.errstate(divide='ignore'):
        checked = -np.log(estimate.confidence)
    floor = PRECISION / estimator.checkpoint.provenance.canonical_width / d
    return {
        'depth': estimate.depth,
        '**left-right and half a pixel**, as shipped': checked,
        'left-right alone': checked - floor,
        'half a pixel alone, that is depth': floor,
        'decoder scales and half a pixel': scale_spread(network, estimator, image, camera) / d + floor,
        'mirrored image (a second pass) and half a pixel': np.abs(d - mirrored) / d + floor,
        'another gamma (a second pass) and half a pixel': np.abs(d - brighter) / d + floor,
        'row: lower in the image, never looks at it': np.repeat(
            -np.arange(d.shape[0], dtype=np.float32)[:, np.newaxis], d.shape[1], axis=1
        ),
        'random': np.random.default_rng(0).random(d.shape),
    }


def within_bands(doubt: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Return each pixel's rank among those of its band of rows, 0 to 1, which no longer depends on its row."""
    rank = np.empty(doubt.shape)
    for band in np.array_split(np.argsort(rows, kind='stable'), BANDS):
        rank[band[np.argsort(doubt[band], kind='stable')]] = np.linspace(0, 1, len(band))
    return rank


def measure(truth: GroundTruth, checkpoint: Path) -> dict:
    """Return the record's entry for a model on these frames."""
    estimator = DepthEstimator.from_file(checkpoint)
    network = fold(estimator.checkpoint.build())
    curves, banded, thresholds, flying = {}, {}, [], []
    for name in truth.names:
        frame = truth.read(name)
        compared = PROTOCOL.compared(frame.depth)
        kinds = {
            kind: values[compared] for kind, values in doubts(network, estimator, frame.pixels(), frame.camera).items()
        }
        error = np.abs(PROTOCOL.limit(kinds.pop('depth')) / frame.depth[compared] - 1)
        shipped = next(iter(kinds.values()))
        thresholds.append([_kept(error, np.exp(-shipped) >= threshold) for threshold in THRESHOLDS])
        flies = where_it_flies(estimator, frame)
        flying.append((flies.mean(), *_kept(error, flies[compared]), _kept(error, ~flies[compared])[1]))
        for kind, doubt in (kinds | {'oracle': error}).items():
            curves.setdefault(kind, []).append(sparsification_curve(error, doubt))
            banded.setdefault(kind, []).append(
                sparsification_curve(error, within_bands(doubt, np.nonzero(compared)[0]))
            )
    return {
        'model': checkpoint.stem,
        'frames': len(truth.names),
        'kinds': {kind: summarise(np.array(curves[kind]), np.array(banded[kind])) for kind in curves},
        'thresholds': [
            {'threshold': threshold, 'kept': kept, 'abs_rel': error}
            for threshold, (kept, error) in zip(THRESHOLDS, np.nanmean(thresholds, axis=0).tolist())
        ],
        'flying': dict(zip(('pixels', 'with_truth', 'abs_rel', 'rest'), np.nanmean(flying, axis=0).tolist())),
    }


def where_it_flies(estimator: DepthEstimator, frame: Frame) -> np.ndarray:
    """Return which pixels the edge filter removes at its default, boolean (H, W)."""
    estimate = estimator.estimate(frame.pixels(), frame.camera)
    known = np.isfinite(estimate.depth)
    reliable = reliable_depth(
        estimate, min_depth=0, max_depth=Parameters.max_depth, edge_filter_threshold=Parameters.edge_filter_threshold
    )
    return known & np.isnan(reliable)


def summarise(overall: np.ndarray, banded: np.ndarray) -> dict:
    """Return a row of the table from the frames' curves, overall and within bands, each (frames, len(KEPT))."""
    fall, in_bands = (1 - curve[:, _AT_80] / curve[:, 0] for curve in (overall, banded))
    return {
        'curve': overall.mean(axis=0).tolist(),
        'fall': float(fall.mean()),
        'interval': list(interval(fall, draw_weights(len(fall), 2000, seed=0))),
        'in_bands': float(in_bands.mean()),
    }


def _kept(error, kept):
    return kept.mean(), error[kept].mean() if kept.any() else np.nan


def main() -> None:
    """Measure all frames and write the record."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('streets', type=Path, metavar='KITTI2015')
    parser.add_argument('rooms', type=Path, metavar='ROOMS')
    parser.add_argument('--record', type=Path, required=True, help='JSON file, read by experiments.pages.confidence')
    args = parser.parse_args()
    truths = {'road': Kitti2015Truth(args.streets / 'disp_noc_0'), 'indoors': DepthRecordingTruth(args.rooms)}
    models = shipped_models()
    record = {place: measure(truth, models[PLACES[place]]) for place, truth in truths.items()}
    write_json(args.record, {'kept': KEPT, **record})


if __name__ == '__main__':
    main()
