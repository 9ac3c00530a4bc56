# SPDX-License-Identifier: Apache-2.0
"""Does confidence know the error? Sparsification on KITTI 2015 frames, beside what else could be confidence.

    python -m experiments.accuracy.confidence KITTI2015_FOLDER [--checkpoint FILE]

The folder holds image_2/ and disp_noc_0/ as the benchmark has them. The first table has Abs Rel of the pixels that are
kept while the most doubted leave, mean over frames, depth up to 80 m, no median scaling; the second what thresholds
of the confidence keep. `row` is the floor: it never looks at the image, and doubts what is higher up in it.
"""

import argparse
from pathlib import Path

import cv2
import numpy as np
import torch

from optidepthnet_ros.checkpoints.models import default_checkpoint
from optidepthnet_ros.evaluation.bootstrap import draw_weights, interval
from optidepthnet_ros.evaluation.ground_truth.kitti2015 import Kitti2015Truth
from optidepthnet_ros.evaluation.protocol import Protocol
from optidepthnet_ros.evaluation.sparsification import KEPT, sparsification_curve
from optidepthnet_ros.files.image_file import read_image
from optidepthnet_ros.geometry.camera import Camera
from optidepthnet_ros.geometry.confidence import PRECISION
from optidepthnet_ros.inference import DepthEstimator
from optidepthnet_ros.network import fold

BANDS = 16  # of rows, with as many pixels each
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
    """Return every kind of doubt about one image, (H, W), and under 'depth' what is doubted."""
    estimate = estimator.estimate(image, camera, confidence=True)
    d = estimate.disparity
    mirrored = estimator.estimate(image[:, ::-1].copy(), camera).disparity[:, ::-1]
    brighter = estimator.estimate((255 * (image / 255) ** 0.8).astype(np.uint8), camera).disparity
    with np.errstate(divide='ignore'):
        checked = -np.log(estimate.confidence)
    floor = PRECISION / estimator.checkpoint.provenance.canonical_width / d
    return {
        'depth': estimate.depth,
        'left-right and half a pixel (shipped)': checked,
        'left-right alone': checked - floor,
        'half a pixel alone (depth)': floor,
        'scales and half a pixel': scale_spread(network, estimator, image, camera) / d + floor,
        'mirrored image and half a pixel': np.abs(d - mirrored) / d + floor,
        'brightness and half a pixel': np.abs(d - brighter) / d + floor,
        'row': np.repeat(-np.arange(d.shape[0], dtype=np.float32)[:, np.newaxis], d.shape[1], axis=1),
        'random': np.random.default_rng(0).random(d.shape),
    }


def within_bands(doubt: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Return each pixel's rank among those of its band of rows, 0 to 1: nothing is left of what its row tells."""
    rank = np.empty(doubt.shape)
    for band in np.array_split(np.argsort(rows, kind='stable'), BANDS):
        rank[band[np.argsort(doubt[band], kind='stable')]] = np.linspace(0, 1, len(band))
    return rank


def measure(truth: Kitti2015Truth, checkpoint: Path):
    """Return for each kind of doubt the frames' curves, overall and within bands; and (kept, error) by threshold."""
    estimator = DepthEstimator.from_file(checkpoint)
    network = fold(estimator.checkpoint.build())
    curves, banded, thresholds = {}, {}, []
    for name in truth.names:
        frame = truth.read(name)
        compared = PROTOCOL.compared(frame.depth)
        kinds = {
            kind: values[compared]
            for kind, values in doubts(network, estimator, read_image(frame.image), frame.camera).items()
        }
        error = np.abs(PROTOCOL.limit(kinds.pop('depth')) / frame.depth[compared] - 1)
        shipped = next(iter(kinds.values()))
        thresholds.append([_kept(error, np.exp(-shipped) >= threshold) for threshold in THRESHOLDS])
        for kind, doubt in (kinds | {'oracle': error}).items():
            curves.setdefault(kind, []).append(sparsification_curve(error, doubt))
            banded.setdefault(kind, []).append(
                sparsification_curve(error, within_bands(doubt, np.nonzero(compared)[0]))
            )
    return {kind: (np.array(curves[kind]), np.array(banded[kind])) for kind in curves}, np.array(thresholds)


def _kept(error, kept):
    return kept.mean(), error[kept].mean() if kept.any() else np.nan


def main() -> None:
    """Measure all frames and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('folder', type=Path)
    parser.add_argument('--checkpoint', type=Path, help='default: the shipped model')
    args = parser.parse_args()
    truth = Kitti2015Truth(args.folder / 'disp_noc_0')
    curves, thresholds = measure(truth, args.checkpoint or default_checkpoint())
    weights = draw_weights(len(truth.names), 2000, seed=0)
    print(f'{len(truth.names)} frames; Abs Rel of the kept, its fall at 80 % (95 % interval), and in bands of rows')
    print(f'{"":38}' + ''.join(f'{share:7.0%}' for share in KEPT))
    for kind, (overall, banded) in curves.items():
        fall, in_bands = (1 - curve[:, _AT_80] / curve[:, 0] for curve in (overall, banded))
        low, high = interval(fall, weights)
        print(
            f'{kind:38}'
            + ''.join(f'{mean:7.3f}' for mean in overall.mean(axis=0))
            + f'{fall.mean():8.1%} ({low:.1%} to {high:.1%}), {in_bands.mean():.1%}'
        )
    for threshold, (kept, error) in zip(THRESHOLDS, np.nanmean(thresholds, axis=0)):
        print(f'confidence >= {threshold:<4}: {kept:6.1%} kept, Abs Rel {error:.3f}')


if __name__ == '__main__':
    main()
