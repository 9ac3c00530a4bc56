# SPDX-License-Identifier: Apache-2.0
"""The effect of the temporal filter on flicker, lag and accuracy, on sequences.

    python -m experiments.robot.steadiness DATA --record experiments/records/steadiness.json

DATA holds demo/, stereo/ and free/sequences/. For each sequence, without and with the filter (the node's default):

- flicker: the median |change of log depth| from frame to frame where the scene stands still: with truth, where true
  depth changes by less than 1 %, otherwise where optical flow is below half a pixel; median over all frames.
- moved by: the largest change by the filter in 95 % of all pixels, as |log|.
- lag: frames until an appearing crate reaches 90 % of the inverse depth that it has without the filter, and
  until a disappearing one is gone to 90 %; 0: in the same frame. For the crossing crate, see :func:`crossing`: the
  share by which it is too far in 95 % of its pixels. On roads, the same for approaching pixels: :func:`coming_near`.
- Abs Rel, where there is truth.

Finally the milliseconds of processor time that the filter takes for a camera of 640x480.
"""

import argparse
import time
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np

from optidepthnet_ros.checkpoints.models import shipped_models
from optidepthnet_ros.files.atomic import sha256, write_json
from optidepthnet_ros.files.calibration_file import read_camera
from optidepthnet_ros.geometry.camera import Camera
from optidepthnet_ros.inference import DepthEstimator
from optidepthnet_ros.inference.estimator import USUAL_CAMERA
from optidepthnet_ros.inference.temporal_filter import TemporalFilter
from optidepthnet_ros.ros.depth_node.parameters import Parameters

PERIOD = 0.1
STILL, STILL_FLOW = 0.01, 0.5
COMES, GOES = 10, 26  # frames of sim_house_obstacle
REACHED = 0.9
FASTEST = 8  # pixels per frame of the crossing crate
NOISE = 4.0  # gray levels
STREETS = 'kitti_odometry_x', 'kitti_odometry_y', 'kitti_2011_09_26_drive_0001'
UNSEEN = 'kitti_odometry_00', 'kitti_2011_09_26_drive_0005'  # the guards' limits were not chosen on these
NEARER = 1.1, 3  # inverse depth of approaching pixels grows by this factor in this many frames


@dataclass(frozen=True)
class Frames:
    """A sequence.

    :param truth: metres (H, W) of each image, NaN unknown; empty: there is none
    :param mark: where the crate is in each image, bool (H, W); empty: no crate
    """

    images: list[np.ndarray]
    camera: Camera
    truth: list[np.ndarray]
    marks: list[np.ndarray]


@dataclass(frozen=True)
class Answers:
    """Inverse depth of a sequence, (N, h, w), without and with the filter, and the network's input."""

    raw: np.ndarray
    filtered: np.ndarray
    seen: np.ndarray
    unit: float


def street(folder: Path) -> Frames:
    images = [cv2.imread(str(path)) for path in sorted((folder / 'left').iterdir())]
    return Frames(images, read_camera(folder / 'left.yaml'), [], [])


def rendered(folder: Path) -> Frames:
    images = [cv2.imread(str(path)) for path in sorted((folder / 'rgb').iterdir())]
    depths = [cv2.imread(str(path), cv2.IMREAD_UNCHANGED) for path in sorted((folder / 'depth').iterdir())]
    truth = [np.where(depth > 0, depth, np.nan).astype(np.float32) / 1000 for depth in depths]
    return Frames(images, read_camera(folder / 'camera.yaml'), truth, [])


def with_noise(frames: Frames) -> Frames:
    """Return images like those of a camera in dim light."""
    rng = np.random.default_rng(0)
    images = [np.clip(image + rng.normal(0, NOISE, image.shape), 0, 255).astype(np.uint8) for image in frames.images]
    return Frames(images, frames.camera, frames.truth, frames.marks)


def crate_of(frames: Frames) -> np.ndarray:
    """Return where the crate stands: where true depth is less than before."""
    return frames.truth[COMES] < 0.8 * frames.truth[COMES - 1]


def crossing(frames: Frames) -> Frames:
    """Return frames with the crate cut out and moved across the room, from side to side, at increasing speed."""
    crate = crate_of(frames)
    images, marks, place = [], [], -crate.any(axis=0).argmax()
    for number in range(1, 24):
        place += number % (FASTEST + 1)
        behind = frames.images[number % COMES].copy()
        mark = _shifted(crate, place)
        behind[mark] = _shifted(frames.images[COMES + number % 8], place)[mark]
        images.append(behind)
        marks.append(mark)
    return Frames(images, frames.camera, [], marks)


def _shifted(values: np.ndarray, columns: int) -> np.ndarray:
    shift = np.float32([[1, 0, columns], [0, 1, 0]])
    moved = cv2.warpAffine(values.astype(np.uint8), shift, values.shape[1::-1], flags=cv2.INTER_NEAREST)
    return moved.astype(values.dtype)


def answers(frames: Frames, estimator: DepthEstimator) -> Answers:
    """Return the network's output, raw and filtered."""
    steady, strength = TemporalFilter(), Parameters().temporal_filter
    raw, filtered, seen = [], [], []

    def keep(inverse: np.ndarray, shown: np.ndarray) -> np.ndarray:
        raw.append(inverse.copy())
        seen.append(cv2.resize(shown, inverse.shape[::-1], interpolation=cv2.INTER_AREA))
        filtered.append(
            steady(inverse, shown, source=frames.camera, seconds=PERIOD * len(raw), strength=strength).copy()
        )
        return inverse

    for image in frames.images:
        estimator.estimate(image, frames.camera, steadied=keep)
    return Answers(*(np.array(part) for part in (raw, filtered, seen)), estimator.view(frames.camera).unit)


def still(frames: Frames, found: Answers) -> list[np.ndarray]:
    """Return for each frame except the first where nothing has moved since the previous one, bool (h, w)."""
    if frames.truth:
        truth = at_network(frames.truth, found)
        return [np.abs(after / before - 1) < STILL for before, after in pairwise(truth)]
    flow = cv2.DISOpticalFlow_create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    seen = (255 * found.seen).astype(np.uint8)
    flows = [flow.calc(before, after, None) for before, after in pairwise(seen)]
    return [np.hypot(one[..., 0], one[..., 1]) < STILL_FLOW for one in flows]


def at_network(values: list[np.ndarray], found: Answers) -> np.ndarray:
    """Return values of the images at the network's resolution, (N, h, w)."""
    size = found.raw.shape[:0:-1]
    return np.array([cv2.resize(one, size, interpolation=cv2.INTER_NEAREST) for one in values])


def flicker(inverse: np.ndarray, still_ones: list[np.ndarray]) -> float:
    """Return the median over the frames of the median over the pixels that stand still."""
    changes = np.abs(np.diff(np.log(inverse), axis=0))
    return float(np.median([np.median(change[where]) for change, where in zip(changes, still_ones) if where.any()]))


def lag(found: Answers, inverse: np.ndarray, where: np.ndarray, frame: int) -> int:
    """Return frames until the median of an area has changed by nearly as much as the unfiltered one does."""
    before, after = (np.median(found.raw[frame + first : frame + first + 8][:, where]) for first in (-8, 0))
    medians = np.median(inverse[frame:][:, where], axis=1)
    return int(np.argmax((medians - before) / (after - before) >= REACHED))


def marked(found: Answers, marks: list[np.ndarray]) -> np.ndarray:
    """Return where the crate is, bool (N, h, w)."""
    return at_network([mark.astype(np.uint8) for mark in marks], found) > 0


def coming_near(found: Answers) -> np.ndarray:
    """Return where inverse depth, unfiltered, has grown within a few frames, bool (N, h, w)."""
    factor, frames = NEARER
    near = np.zeros(found.raw.shape, bool)
    near[frames:] = found.raw[frames:] > factor * found.raw[:-frames]
    return near


def too_far(found: Answers, inside: np.ndarray) -> float:
    """Return the share by which moving pixels are too far because of the filter, in 95 % of these pixels."""
    return float(np.quantile((found.raw / found.filtered)[inside] - 1, 0.95))


def abs_rel(inverse: np.ndarray, frames: Frames, found: Answers) -> float:
    truth = at_network(frames.truth, found)
    known = np.isfinite(truth)
    return float(np.mean(np.abs(found.unit / inverse[known] / truth[known] - 1)))


def measure(frames: Frames, estimator: DepthEstimator, crate: np.ndarray | None = None) -> dict[str, object]:
    """Return a row of the record; pairs are without and with the filter."""
    found = answers(frames, estimator)
    both = found.raw, found.filtered
    row: dict[str, object] = {'frames': len(frames.images)}
    moved = np.abs(np.log(found.filtered / found.raw))[1:]
    row['moved_by'] = float(np.quantile(moved, 0.95))
    if frames.marks:
        return row | {'too_far': too_far(found, marked(found, frames.marks))}
    where = still(frames, found)
    row['still'] = float(np.mean(where))
    row['flicker'] = [flicker(inverse, where) for inverse in both]
    if frames.truth:
        row['abs_rel'] = [abs_rel(inverse, frames, found) for inverse in both]
    if crate is not None:
        area = at_network([crate.astype(np.uint8)], found)[0] > 0
        for name, frame in (('comes', COMES), ('goes', GOES)):
            row[name] = [lag(found, inverse, area, frame) for inverse in both]
    else:
        row['too_far'] = too_far(found, coming_near(found))
    return row


def milliseconds(estimator: DepthEstimator) -> float:
    """Return the median processor time of the filter for the usual camera of 640x480."""
    cv2.setNumThreads(1)
    view, rng, steady, times = estimator.view(USUAL_CAMERA), np.random.default_rng(0), TemporalFilter(), []
    shown = rng.random((view.height, view.width)).astype(np.float32)
    inverse = rng.uniform(0.05, 0.3, (-(-view.height // 2), -(-view.width // 2))).astype(np.float32)  # dlite0's answer
    for number in range(300):
        start = time.process_time()
        steady(inverse, shown, source=None, seconds=PERIOD * number, strength=Parameters().temporal_filter)
        times.append(1e3 * (time.process_time() - start))
    return float(np.median(times))


def main() -> None:
    """Measure, print and record."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('data', type=Path)
    parser.add_argument('--record', type=Path)
    args = parser.parse_args()
    paths = {name: shipped_models()[name] for name in ('dlite0_street', 'dlite0_free')}
    on_streets, indoors = (DepthEstimator.from_file(path, threads=1) for path in paths.values())
    demo = next(iter(sorted((args.data / 'demo').iterdir())))
    rows = {'demo': measure(street(demo), on_streets)}
    rows |= {name: measure(street(args.data / 'stereo' / name), on_streets) for name in STREETS + UNSEEN}
    sequences = args.data / 'free' / 'sequences'
    rows['sim_house_drive'] = measure(rendered(sequences / 'sim_house_drive'), indoors)
    standing = rendered(sequences / 'sim_house_obstacle')
    crate = crate_of(standing)
    rows['sim_house_obstacle'] = measure(standing, indoors, crate)
    rows['sim_house_obstacle, noise'] = measure(with_noise(standing), indoors, crate)
    rows['a crate crosses'] = measure(crossing(standing), indoors)
    record = {
        'strength': Parameters().temporal_filter,
        'digests': {name: sha256(path) for name, path in paths.items()},
        'milliseconds': milliseconds(indoors),
        'rows': rows,
    }
    for name, row in rows.items():
        print(name, row)
    print(f'{record["milliseconds"]:.2f} ms at 640x480')
    if args.record:
        write_json(args.record, record)


if __name__ == '__main__':
    main()
