# SPDX-License-Identifier: Apache-2.0
"""How depth/scan sees a crate that appears before a standing robot and disappears, from truth and from the models.

    python -m experiments.robot.obstacles SEQUENCE

SEQUENCE is a folder with rgb/, depth/, camera.yaml and poses.txt (TUM's form, camera to world, z up), from which the
camera's height and attitude are taken. For every third frame: the range straight ahead, from truth and from
each model. Then the milliseconds that a scan at 640x480 takes.
"""

import argparse
import math
import time
from dataclasses import replace
from functools import partial
from pathlib import Path

import cv2
import numpy as np

from optidepthnet_ros.checkpoints.models import shipped_models
from optidepthnet_ros.files.calibration_file import read_camera
from optidepthnet_ros.geometry.camera import Camera
from optidepthnet_ros.inference import DepthEstimator
from optidepthnet_ros.inference.reliable import reliable_depth
from optidepthnet_ros.obstacles.mounting import Mounting
from optidepthnet_ros.obstacles.nearest import ObstacleRules, SectorView
from optidepthnet_ros.obstacles.sectors import Sectors
from optidepthnet_ros.obstacles.seen_ground import over_seen_ground

RULES = ObstacleRules(min_height=0.1, max_height=1.0, max_range=5.0)
STEP = 3  # one frame in STEP is used
LIMITS = {'min_depth': 0.1, 'max_depth': 20.0}


def mounting_of(poses: Path) -> Mounting:
    """Return the mounting of the camera in the first pose, above a floor at height 0."""
    *_, height, x, y, z, w = np.loadtxt(poses)[0]
    up = np.array([2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)])
    return Mounting.from_up(up, height)


def ahead(camera: Camera, mounting: Mounting, rules: ObstacleRules, depth: np.ndarray) -> float:
    """Return the range of the middle sector of 0.1 radians."""
    view = SectorView(camera, mounting, Sectors.of_camera(camera, 0.1), rules, **LIMITS)
    return float(view.nearest(depth)[len(view.in_view) // 2])


def ranges(
    sequence: Path, models: dict[str, DepthEstimator], rules: ObstacleRules, *, fit_ground: bool = False
) -> dict[str, dict[str, float]]:
    """Return for each frame that is used the ranges straight ahead, from truth and from each model.

    :param fit_ground: heights are above the plane that depth shows as ground, not from the mounting
    """
    camera, mounting = read_camera(sequence / 'camera.yaml'), mounting_of(sequence / 'poses.txt')
    of_depth = partial(over_seen_ground, camera=camera, mounting=mounting) if fit_ground else lambda _: mounting
    frames = {}
    for path in sorted((sequence / 'depth').iterdir())[::STEP]:
        truth = cv2.imread(str(path), cv2.IMREAD_UNCHANGED).astype(np.float32) / 1000
        truth[truth == 0] = math.nan
        image = cv2.imread(str(sequence / 'rgb' / f'{path.stem}.jpg'))
        depths = {'truth': truth} | {
            name: reliable_depth(model.estimate(image, camera), edge_filter_threshold=0.1, **LIMITS)
            for name, model in models.items()
        }
        frames[path.stem] = {name: ahead(camera, of_depth(depth), rules, depth) for name, depth in depths.items()}
    return frames


def milliseconds() -> float:
    """Return the median time of a scan at 640x480 with the node's default sectors."""
    camera = Camera(640, 480, 525.0, 525.0, 319.5, 239.5)
    view = SectorView(camera, Mounting(height=0.5), Sectors.of_camera(camera, 0.01), RULES, **LIMITS)
    depth, times = np.random.default_rng(0).uniform(0.5, 8, (480, 640)).astype(np.float32), []
    for _ in range(50):
        start = time.process_time()
        view.nearest(depth)
        times.append(1e3 * (time.process_time() - start))
    return float(np.median(times))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('sequence', type=Path)
    parser.add_argument('--models', nargs='*', default=['dlite0_street', 'dlite0_free'])
    parser.add_argument('--min-height', type=float, default=RULES.min_height, help='of obstacles, in metres')
    parser.add_argument('--fit-ground', action='store_true', help='heights above the plane that depth shows as ground')
    args = parser.parse_args()
    rules = replace(RULES, min_height=args.min_height)
    models = {name: DepthEstimator.from_file(shipped_models()[name]) for name in args.models}
    print('frame  truth ', *models)
    for frame, values in ranges(args.sequence, models, rules, fit_ground=args.fit_ground).items():
        print(frame, *(f'{value:6.2f}' for value in values.values()))
    print(f'a scan of 640x480 takes {milliseconds():.2f} ms of processor time')


if __name__ == '__main__':
    main()
