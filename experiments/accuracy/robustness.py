# SPDX-License-Identifier: Apache-2.0
"""Does the depth of a frame stay the same with another camera? KITTI 2015 frames, changed in one way at a time.

    python -m experiments.accuracy.robustness KITTI2015_FOLDER [--checkpoint FILE]
        [--record experiments/records/robustness.json]

The folder holds image_2/ and disp_noc_0/ of the benchmark. `change` is the median over all pixels of
|log depth - log depth of the unchanged frame|, next to the tolerance; the other columns are against ground truth, on
the remaining pixels, without median scaling.
"""

import argparse
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np

from optidepthnet_ros.checkpoints.models import default_checkpoint
from optidepthnet_ros.evaluation.ground_truth.frame import Frame
from optidepthnet_ros.evaluation.ground_truth.kitti2015 import Kitti2015Truth
from optidepthnet_ros.evaluation.protocol import Protocol
from optidepthnet_ros.files.atomic import write_json
from optidepthnet_ros.geometry.camera import Camera
from optidepthnet_ros.inference import DepthEstimator

COLUMNS = ('abs_rel', 'rmse', 'delta1', 'scale_ratio', 'coverage')


@dataclass(frozen=True)
class View:
    """A frame as another camera would see it: its image, the image's camera, and the window of the frame it shows."""

    image: np.ndarray
    camera: Camera
    window: tuple[slice, slice] = (slice(None), slice(None))
    mirrored: bool = False


def _as_it_is(image, camera):
    return View(image, camera)


def _gray(image, camera):
    return View(cv2.cvtColor(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR), camera)


def _brightness(factor):
    return lambda image, camera: View(np.clip(image * factor, 0, 255).astype(np.uint8), camera)


def _noisy(image, camera):
    noise = np.random.default_rng(0).normal(0, 8, image.shape)
    return View(np.clip(image + noise, 0, 255).astype(np.uint8), camera)


def _blurred(image, camera):
    return View(cv2.GaussianBlur(image, (0, 0), 2), camera)


def _mirrored(image, camera):
    return View(np.ascontiguousarray(image[:, ::-1]), replace(camera, cx=camera.width - 1 - camera.cx), mirrored=True)


def _cut(aspect, zoom=1.0):
    def cut(image, camera):
        height = round(zoom * camera.height)
        width = min(camera.width, round(aspect * height))
        x, y = (camera.width - width) // 2, (camera.height - height) // 2
        window = slice(y, y + height), slice(x, x + width)
        return View(np.ascontiguousarray(image[window]), camera.cropped(x, y, width, height), window)

    return cut


# Changes to a frame, and by how much they may change its depth (median).
CHANGES = {
    'as it is': (_as_it_is, 0.0),
    'gray': (_gray, 0.02),
    'brightness 0.5': (_brightness(0.5), 0.08),
    'brightness 2': (_brightness(2), 0.08),
    'noise of 8 levels': (_noisy, 0.08),
    'blur of 2 pixels': (_blurred, 0.08),
    'mirrored': (_mirrored, 0.10),
    'cut to 4:3': (_cut(4 / 3), 0.10),
    'cut to 16:9': (_cut(16 / 9), 0.10),
    'cut to 0.7': (_cut(100, 0.7), 0.10),
}


def measure(estimator: DepthEstimator, frame: Frame, plain: np.ndarray, change) -> dict[str, float]:
    """Return the columns of one frame, and the difference of its depth from the ``plain`` one."""
    view = change(frame.pixels(), frame.camera)
    depth = estimator.estimate(view.image, view.camera).depth
    if view.mirrored:
        depth = depth[:, ::-1]
    both = np.isfinite(depth) & np.isfinite(plain[view.window])
    seen = replace(frame, depth=frame.depth[view.window], camera=view.camera)
    metrics = Protocol().measure(depth, seen)
    return {name: metrics[name] for name in COLUMNS} | {
        'change': float(np.median(np.abs(np.log(depth[both] / plain[view.window][both]))))
    }


def main() -> None:
    """Measure all frames under all changes and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('folder', type=Path)
    parser.add_argument('--checkpoint', type=Path, help='default: the shipped model')
    parser.add_argument('--record', type=Path, help='JSON file, read by results.py')
    args = parser.parse_args()
    truth = Kitti2015Truth(args.folder / 'disp_noc_0')
    estimator = DepthEstimator.from_file(args.checkpoint or default_checkpoint())
    measured = {name: [] for name in CHANGES}
    for name in truth.names:
        frame = truth.read(name)
        plain = estimator.estimate(frame.pixels(), frame.camera).depth
        for change, (apply, _) in CHANGES.items():
            measured[change].append(measure(estimator, frame, plain, apply))
    rows = {
        change: {'tolerated': CHANGES[change][1]}
        | {column: float(np.mean([frame[column] for frame in frames])) for column in ('change', *COLUMNS)}
        for change, frames in measured.items()
    }
    columns = ('change', 'tolerated', *COLUMNS)
    print(f'{len(truth.names)} frames')
    print(f'{"":20}' + ''.join(f'{column:>13}' for column in columns))
    for change, row in rows.items():
        print(f'{change:20}' + ''.join(f'{row[column]:13.3f}' for column in columns))
    if args.record:
        write_json(
            args.record,
            {
                'frames': len(truth.names),
                'model': estimator.checkpoint.provenance.network,
                'digest': estimator.digest,
                'rows': rows,
            },
        )


if __name__ == '__main__':
    main()
