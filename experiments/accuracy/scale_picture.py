# SPDX-License-Identifier: Apache-2.0
"""One frame with a wrong baseline, and a lidar-like cloud that corrects its metres: before and after, as a picture.

    python -m experiments.accuracy.scale_picture DATA --picture docs/pictures/scale_before_after.jpg

DATA holds eval/kitti2015. The baseline of dlite0_street is 30 % too large. The cloud is the truth in every eighth row
and sixth column, with 30 % of it replaced by random distances. Tracker, filter, correction and preview are the node's,
with its default parameters, at 10 Hz on this one frame until the correction has settled. Marks are those of
`scale_preview`.
"""

import argparse
from pathlib import Path

import cv2
import numpy as np

from experiments.accuracy.metric_scale import FACTORS, PERIOD, Seen, abs_rel, streets, true_points, with_outliers
from optidepthnet_ros.checkpoints.models import shipped_models
from optidepthnet_ros.evaluation.ground_truth.kitti2015 import Kitti2015Truth
from optidepthnet_ros.files.image_file import save_image
from optidepthnet_ros.geometry.depth import mark_out_of_range
from optidepthnet_ros.imaging.preview import colour_depth, mark_errors
from optidepthnet_ros.inference import DepthEstimator
from optidepthnet_ros.scale.correction import IDENTITY, Correction
from optidepthnet_ros.scale.filter import FilterLimits
from optidepthnet_ros.scale.points import evidence_of_points
from optidepthnet_ros.scale.tracker import Frame, ScaleTracker

FRAMES = 40  # at 10 Hz
MIN_DEPTH, MAX_DEPTH = 0.1, 80.0  # the node's defaults
ROWS, COLUMNS = 8, 6
WIDTH = 800  # pixels of the picture


def lidar(seen: Seen) -> np.ndarray:
    """Return the points (N, 3) of a sparse grid, 30 % of them wrong."""
    where = np.zeros(seen.truth.shape, bool)
    where[::ROWS, ::COLUMNS] = True
    return with_outliers(true_points(seen, where))


def settled(depth: np.ndarray, seen: Seen, points: np.ndarray) -> tuple[ScaleTracker, Frame]:
    """Return the tracker after some seconds of the same frame, and the last one."""
    tracker = ScaleTracker(FilterLimits(), tolerance=0.05)
    for number in range(FRAMES):
        frame = Frame(round(number * PERIOD * 1e9), 'camera', depth, seen.camera)
        tracker.offer(frame.stamp, lambda of: evidence_of_points(of.depth, of.camera, points))
        tracker.update(frame)
    return tracker, frame


def shown(depth: np.ndarray, tracker: ScaleTracker, frame: Frame, correction: Correction) -> np.ndarray:
    """Return depth as in the node's preview, with the evidence."""
    corrected = mark_out_of_range(correction.depth(depth).copy(), MIN_DEPTH, MAX_DEPTH)
    picture = colour_depth(corrected, MIN_DEPTH, MAX_DEPTH)
    marks = tracker.marks(frame, correction)
    assert marks is not None
    mark_errors(picture, marks.pixels, marks.errors)
    return picture


def labelled(picture: np.ndarray, text: str) -> np.ndarray:
    """Return a picture of the common width, with a line of text above it."""
    height = round(picture.shape[0] * WIDTH / picture.shape[1])
    picture = cv2.resize(picture, (WIDTH, height), interpolation=cv2.INTER_AREA)
    strip = np.full((28, WIDTH, 3), 255, np.uint8)
    cv2.putText(strip, text, (6, 19), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (0, 0, 0), 1, cv2.LINE_AA)
    return np.concatenate([strip, picture])


def main() -> None:
    """Draw the picture and print its figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('data', type=Path)
    parser.add_argument('--picture', type=Path, required=True)
    parser.add_argument('--frame', type=int, default=0, help='which of the frames of KITTI 2015 (default: %(default)s)')
    args = parser.parse_args()
    folder = args.data / 'eval' / 'kitti2015'
    truth = Kitti2015Truth(folder / 'disp_noc_0')
    image = truth.read(truth.names[args.frame]).pixels()
    model = DepthEstimator.from_file(shipped_models()['dlite0_street'])
    seen = next(seen for number, seen in enumerate(streets(model, folder)) if number == args.frame)
    depth, points = seen.predicted * np.float32(FACTORS[0]), lidar(seen)
    tracker, frame = settled(depth, seen, points)
    found = tracker.state.applied
    before, after, right = (abs_rel(one, seen) for one in (depth, found.depth(depth), seen.predicted))
    figures = f'scale {found.scale:.2f}, shift {found.shift:.3f}'
    print(f'{truth.names[args.frame]}: Abs Rel {before:.3f} before, {after:.3f} after ({figures}), {right:.3f} right')
    rows = [
        labelled(
            cv2.cvtColor(image, cv2.COLOR_GRAY2BGR) if image.ndim == 2 else image,
            f'{len(points)} points of a lidar, 30 % of them wrong',
        ),
        labelled(shown(depth, tracker, frame, IDENTITY), f'baseline 30 % too large: Abs Rel {before:.3f}'),
        labelled(
            shown(depth, tracker, frame, found),
            f'corrected ({figures}): Abs Rel {after:.3f}; right baseline: {right:.3f}',
        ),
    ]
    save_image(args.picture, np.concatenate(rows))


if __name__ == '__main__':
    main()
