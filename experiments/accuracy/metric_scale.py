# SPDX-License-Identifier: Apache-2.0
"""How well each source of scale, taken from truth, corrects a baseline that is wrong by 30 %, also over time.

    python -m experiments.accuracy.metric_scale DATA --record experiments/records/metric_scale.json
        [--picture docs/pictures/metric_scale.png]

DATA holds eval/kitti2015, eval/rooms and free/sequences/sim_house_drive. Each source gets what such a sensor would
measure of the truth: 1 % of the points; the row of points at the height of the camera, or at 0.3 of it above the floor
(low scan); the nearest distance in a cone of 25 degrees; the camera's height, 1.65 m for KITTI and the rendered drive's
own, with its gravity; the drive's images and poses at 10 Hz (odometry). Single frames are fitted, without the filter.
The series are the drive's 56 frames at 10 Hz with 1 % of the points, and changes to that evidence. Recovery is measured
with a camera that stands before a single frame, at 10 Hz with a different 1 % of the points each time: the time until
95 % of the published depth is, for the first time, within 5 % of the depth corrected by the estimate.
"""

import argparse
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from optidepthnet_ros.checkpoints.models import FARTHEST_KNOWN, shipped_models
from optidepthnet_ros.evaluation.ground_truth.depth_recording import DepthRecordingTruth
from optidepthnet_ros.evaluation.ground_truth.kitti2015 import Kitti2015Truth
from optidepthnet_ros.files.atomic import sha256, write_json
from optidepthnet_ros.geometry.camera import Camera
from optidepthnet_ros.geometry.depth import points_from_depth
from optidepthnet_ros.geometry.rigid import rigid_transform
from optidepthnet_ros.imaging.gray import to_gray
from optidepthnet_ros.inference import DepthEstimator
from optidepthnet_ros.scale.correction import IDENTITY, Correction
from optidepthnet_ros.scale.evidence import Evidence
from optidepthnet_ros.scale.filter import FilterLimits
from optidepthnet_ros.scale.fit import UnsupportedFitError, fit_correction
from optidepthnet_ros.scale.ground import evidence_of_ground
from optidepthnet_ros.scale.odometry import MotionPoints
from optidepthnet_ros.scale.points import evidence_of_points
from optidepthnet_ros.scale.range_cone import evidence_of_range
from optidepthnet_ros.scale.tracker import Frame, ScaleTracker

FACTORS = (1.3, 1 / 1.3)  # of the baseline, and thus of all depth
SHARE, OUTLIERS = 0.01, 0.3
CONE = math.radians(25)
FORWARD = np.array([[0.0, -1, 0, 0], [0, 0, -1, 0], [1, 0, 0, 0], [0, 0, 0, 1]])
KITTI_HEIGHT = 1.65
MAX_DEPTH = 80.0
MIN_DEPTH = 0.1
PERIOD = 0.1
STANDING = 120  # frames
RECOVERED = 0.05  # of log depth
ROOMS = ('gx_tutorial', 'replica_office', 'slambook_office', 'tum_fr3_cabinet')


@dataclass(frozen=True)
class Seen:
    """A frame with truth and the prediction with the right baseline.

    :param height: height of the camera above the ground, if known
    :param down: direction of gravity, if known
    :param tracked: points (N, 3) from the motion of the camera, if it is known; empty: there are none
    """

    truth: np.ndarray
    predicted: np.ndarray
    camera: Camera
    height: float | None = None
    down: np.ndarray | None = None
    tracked: np.ndarray | None = None

    @property
    def known(self) -> np.ndarray:
        """Where truth and prediction are known."""
        return np.isfinite(self.truth) & (self.truth > 0) & (self.truth < MAX_DEPTH) & np.isfinite(self.predicted)


def abs_rel(depth: np.ndarray, seen: Seen) -> float:
    """Return the mean relative error; depth that is unknown after the correction counts as MAX_DEPTH."""
    truth = seen.truth[seen.known]
    depth = np.clip(np.nan_to_num(depth[seen.known], nan=MAX_DEPTH), 1e-3, MAX_DEPTH)
    return float(np.mean(np.abs(depth - truth) / truth))


def true_points(seen: Seen, where: np.ndarray) -> np.ndarray:
    """Return the true points (N, 3) of these pixels."""
    depth = np.where(where & seen.known, seen.truth, np.nan).astype(np.float32)
    points = points_from_depth(depth, seen.camera).reshape(-1, 3)
    return points[np.isfinite(points[:, 2])]


def one_percent(seen: Seen, seed: int = 0) -> np.ndarray:
    return true_points(seen, np.random.default_rng(seed).random(seen.truth.shape) < SHARE)


def with_outliers(points: np.ndarray) -> np.ndarray:
    """Return points of which 30 % are at random distances of 1 to 60 m along their rays."""
    rng = np.random.default_rng(1)
    points, wrong = points.copy(), rng.random(len(points)) < OUTLIERS
    points[wrong] *= (rng.uniform(1, 60, wrong.sum()) / points[wrong, 2])[:, np.newaxis].astype(np.float32)
    return points


def one_row(seen: Seen) -> np.ndarray:
    """Return the true points of the row at the camera's height, or of the next row below that has 50 of them."""
    numbers = seen.known.sum(axis=1)
    start = round(seen.camera.cy)
    row = next((row for row in range(start, len(numbers)) if numbers[row] >= 50), start)
    where = np.zeros(seen.truth.shape, bool)
    where[row] = True
    return true_points(seen, where)


def low_row(seen: Seen) -> np.ndarray:
    """Return the points that a level scanner at 0.3 of the camera's height hits."""
    if seen.height is None or seen.down is None:
        raise UnsupportedFitError('the height is not known')
    points = true_points(seen, np.ones(seen.truth.shape, bool))
    below = points.astype(np.float64) @ seen.down
    return points[np.abs(below / seen.height - 0.7) < 0.03]


def nearest_in_cone(seen: Seen) -> float:
    """Return the 2 % quantile of the true distances in the cone; NaN where there are none."""
    points = true_points(seen, np.ones(seen.truth.shape, bool)).astype(np.float64)
    distances = np.linalg.norm(points, axis=1)
    inside = points[:, 2] >= distances * math.cos(CONE / 2)
    return float(np.quantile(distances[inside], 0.02)) if inside.any() else math.nan


def of_range(depth: np.ndarray, seen: Seen) -> Evidence:
    distance = nearest_in_cone(seen)
    if math.isnan(distance):
        raise UnsupportedFitError('no truth in the cone')
    return evidence_of_range(depth, seen.camera, distance, CONE, FORWARD)


def of_ground(depth: np.ndarray, seen: Seen) -> Evidence:
    if seen.height is None or seen.down is None:
        raise UnsupportedFitError('the height is not known')
    return evidence_of_ground(depth, seen.camera, seen.down, seen.height)


def of_motion(depth: np.ndarray, seen: Seen, change: Callable[[np.ndarray], np.ndarray] = lambda points: points):
    if seen.tracked is None:
        raise UnsupportedFitError('the motion is not known')
    return evidence_of_points(depth, seen.camera, change(seen.tracked), may_shift=False)


SOURCES: dict[str, Callable[[np.ndarray, Seen], Evidence]] = {
    'points': lambda depth, seen: evidence_of_points(depth, seen.camera, one_percent(seen)),
    'points, 30 % outliers': lambda depth, seen: evidence_of_points(
        depth, seen.camera, with_outliers(one_percent(seen))
    ),
    'scan': lambda depth, seen: evidence_of_points(depth, seen.camera, one_row(seen), may_shift=False),
    'low scan': lambda depth, seen: evidence_of_points(depth, seen.camera, low_row(seen), may_shift=False),
    'range': of_range,
    'ground': of_ground,
    'odometry': of_motion,
    'odometry, 30 % outliers': lambda depth, seen: of_motion(depth, seen, with_outliers),
}


def applies(source: str, seen: Seen) -> bool:
    """Return whether the data set has what the source needs."""
    if source in ('ground', 'low scan'):
        return seen.height is not None
    return not source.startswith('odometry') or seen.tracked is not None


def measure(frames: list[Seen]) -> dict[str, object]:
    """Return mean Abs Rel of all frames, without and with each source; a refused frame stays uncorrected."""
    rows: dict[str, object] = {
        'frames': len(frames),
        'right': float(np.mean([abs_rel(f.predicted, f) for f in frames])),
    }
    medians = [np.median(f.truth[f.known] / f.predicted[f.known]) for f in frames]
    rows['median-scaled'] = float(np.mean([abs_rel(f.predicted * m, f) for f, m in zip(frames, medians)]))
    wrong = [(seen, factor, seen.predicted * np.float32(factor)) for seen in frames for factor in FACTORS]
    rows['wrong'] = float(np.mean([abs_rel(depth, seen) for seen, _, depth in wrong]))
    sources = {}
    for name, evidence_of in SOURCES.items():
        if not applies(name, frames[0]):
            continue
        fits = [fitted(evidence_of, depth, seen) for seen, _, depth in wrong]
        errors = [abs_rel((fit or IDENTITY).depth(depth), seen) for fit, (seen, _, depth) in zip(fits, wrong)]
        sources[name] = {
            'abs_rel': float(np.mean(errors)),
            'refused': sum(fit is None for fit in fits),
            'shifted': sum(fit is not None and fit.shift != 0 for fit in fits),
        }
    return rows | {'sources': sources}


def fitted(evidence_of: Callable[[np.ndarray, Seen], Evidence], depth: np.ndarray, seen: Seen) -> Correction | None:
    try:
        return fit_correction(evidence_of(depth, seen)).correction
    except UnsupportedFitError:
        return None


def series(frames: list[Seen], limits: FilterLimits, far: float) -> dict[str, dict[str, object]]:
    """Return the applied scale, Abs Rel, and the largest change between two frames, with each kind of evidence.

    :param far: metres up to which depth is published
    """

    def steady(number: int, points: np.ndarray) -> np.ndarray | None:
        return points

    def step(number: int, points: np.ndarray) -> np.ndarray | None:
        return points if number < 20 else 1.5 * points

    def drop_out(number: int, points: np.ndarray) -> np.ndarray | None:
        return points if number < 20 or number >= 50 else None

    def burst(number: int, points: np.ndarray) -> np.ndarray | None:
        wrong = np.random.default_rng(number).uniform(0.2, 5)
        return wrong * points if 25 <= number < 40 else points

    return {
        name: follow(frames, limits, change, far)
        for name, change in {'steady': steady, 'step': step, 'drop-out': drop_out, 'burst': burst}.items()
    }


def follow(
    frames: list[Seen], limits: FilterLimits, change: Callable[[int, np.ndarray], np.ndarray | None], far: float
) -> dict[str, object]:
    """Run the tracker over the frames, whose predictions are 30 % too far."""
    tracker = ScaleTracker(limits, tolerance=0.01)
    scales, errors, changes, behind, before = [], [], [], [], IDENTITY
    for number, seen in enumerate(frames):
        depth, stamp = seen.predicted * np.float32(FACTORS[0]), round(number * PERIOD * 1e9)
        points = change(number, one_percent(seen, number))
        if points is not None:
            tracker.offer(stamp, lambda frame, points=points: evidence_of_points(frame.depth, frame.camera, points))
        state = tracker.update(Frame(stamp, 'camera', depth, seen.camera), MIN_DEPTH, far)
        corrected, was, wanted = (one.depth(depth) for one in (state.applied, before, state.estimated))
        published = (was > MIN_DEPTH) & (was < far)
        changes.append(float(np.max(apart(corrected, was)[published])))
        behind.append(float(np.quantile(apart(corrected, wanted)[(corrected > MIN_DEPTH) & (corrected < far)], 0.95)))
        before = state.applied
        scales.append(state.applied.scale)
        errors.append(abs_rel(corrected, seen))
    return {
        'scale': scales,
        'abs_rel': errors,
        'behind': behind,
        'largest_change': max(changes),
        'allowed_change': limits.rate * PERIOD,
    }


def apart(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Return the difference of the logarithms of two depths; infinite where one is unknown."""
    return np.nan_to_num(np.abs(np.log(one / other)), nan=np.inf)


def recovery(frames: list[Seen], limits: FilterLimits, far: float) -> dict[str, object]:
    """Return how many seconds a camera that stands before each frame takes, with depth 30 % too far at first.

    :param far: metres up to which depth is published
    """
    seconds, changes, shifted = [], [], 0
    for seen in frames:
        found = follow([seen] * STANDING, limits, lambda number, points: points, far)
        arrived = (number for number, behind in enumerate(found['behind']) if number and behind <= RECOVERED)
        seconds.append(PERIOD * next(arrived, STANDING))
        changes.append(found['largest_change'])
        fit = fitted(SOURCES['points'], seen.predicted * np.float32(FACTORS[0]), seen)
        shifted += fit is not None and fit.shift != 0
    return {
        'frames': len(frames),
        'shifted': shifted,
        'seconds': seconds,
        'largest_change': max(changes),
        'allowed_change': limits.rate * PERIOD,
    }


def streets(model: DepthEstimator, folder: Path) -> Iterator[Seen]:
    truth = Kitti2015Truth(folder / 'disp_noc_0')
    for frame in map(truth.read, truth.names):
        predicted = model.estimate(frame.pixels(), frame.camera).depth
        yield Seen(frame.depth, predicted, frame.camera, KITTI_HEIGHT, np.array([0.0, 1.0, 0.0]))


def recording(model: DepthEstimator, folder: Path) -> Iterator[Seen]:
    """Yield the frames of a scene; if it has poses, with height and gravity, where the ground is z = 0."""
    truth, poses = DepthRecordingTruth(folder), folder / 'poses.txt'
    lines = poses.read_text().splitlines() if poses.exists() else []
    placed = [[float(item) for item in line.split()] for line in lines if not line.startswith('#')]
    motion = MotionPoints()
    for number, frame in enumerate(map(truth.read, truth.names)):
        pixels = frame.pixels()
        seen = Seen(frame.depth, model.estimate(pixels, frame.camera).depth, frame.camera)
        if placed:
            pose = rigid_transform(placed[number][1:4], placed[number][4:])
            try:
                tracked = motion.points(round(1e9 * placed[number][0]), to_gray(pixels), frame.camera, pose)
            except UnsupportedFitError:
                tracked = np.empty((0, 3))
            seen = replace(seen, height=float(pose[2, 3]), down=-pose[2, :3], tracked=tracked)
        yield seen


def draw(record: dict[str, dict], path: Path) -> None:
    """Draw scale and error over time."""
    figure = Figure(figsize=(9, 5.5), layout='constrained')
    scale, error = figure.subplots(2, 1, sharex=True)
    for name, one in record.items():
        seconds = PERIOD * np.arange(len(one['scale']))
        scale.plot(seconds, one['scale'], label=name)
        error.plot(seconds, one['abs_rel'], label=name)
    scale.set_ylabel('applied scale')
    scale.legend()
    error.set_ylabel('Abs Rel')
    error.set_xlabel('seconds')
    figure.savefig(path, dpi=80)


def main() -> None:
    """Measure and write the record."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('data', type=Path)
    parser.add_argument('--record', type=Path, required=True, help='JSON file, read by experiments.pages.metric_scale')
    parser.add_argument('--picture', type=Path)
    args = parser.parse_args()
    files = {name: shipped_models()[name] for name in ('dlite0_street', 'dlite0_free')}
    models = {name: DepthEstimator.from_file(path) for name, path in files.items()}
    rooms, drive = args.data / 'eval' / 'rooms', args.data / 'free' / 'sequences' / 'sim_house_drive'
    indoors = list(recording(models['dlite0_free'], drive))
    seen = {
        'KITTI 2015, dlite0_street': list(streets(models['dlite0_street'], args.data / 'eval' / 'kitti2015')),
        'rendered drive, dlite0_free': indoors[::5],
    }
    for name, model in models.items():
        seen |= {f'{room}, {name}': list(recording(model, rooms / room)) for room in ROOMS}
    far = {name: FARTHEST_KNOWN.get(name.rsplit(' ', 1)[1], MAX_DEPTH) for name in seen}
    over_time = series(indoors, FilterLimits(), far['rendered drive, dlite0_free'])
    write_json(
        args.record,
        {
            'digests': {name: sha256(path) for name, path in files.items()},
            'rows': {name: measure(frames) for name, frames in seen.items()},
            'series': over_time,
            'recovery': {name: recovery(frames, FilterLimits(), far[name]) for name, frames in seen.items()},
        },
    )
    if args.picture:
        draw(over_time, args.picture)


if __name__ == '__main__':
    main()
