# SPDX-License-Identifier: Apache-2.0
"""Replay a sequence through the obstacle outputs and Nav2's rules: an animation, and arrays compared with truth.

    python -m experiments.robot.replay drive DATA/stereo/kitti_odometry_x --gif docs/pictures/drive.gif
        --record experiments/records/replay_drive.json
    python -m experiments.robot.replay house DATA/free/sequences/sim_house_obstacle --gif docs/pictures/house.gif
        --record experiments/records/replay_house.json

The drive's truth is semi-global matching of the pair, which also gives its odometry; the house's truth is exact, and
the robot stands still. For each frame: depth of the shipped model as published by the node, with the temporal filter;
depth/scan, the nearest obstacle and its time to contact; the costmap that config/nav2_depth.yaml makes from all scans
so far; the arrays for MAVROS and PX4. The same is done with truth.
"""

import argparse
import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import yaml
from sensor_msgs.msg import LaserScan

from experiments.robot.nav2_rules import ObstacleLayer
from experiments.robot.obstacles import mounting_of
from experiments.robot.replay_picture import Scene, View, write_gif
from optidepthnet_ros.checkpoints.models import shipped_models
from optidepthnet_ros.files.atomic import write_json
from optidepthnet_ros.files.calibration_file import read_camera, read_stereo_rig
from optidepthnet_ros.files.share import share_path
from optidepthnet_ros.geometry.camera import Camera
from optidepthnet_ros.geometry.depth import points_from_depth
from optidepthnet_ros.imaging.gray import to_gray
from optidepthnet_ros.imaging.stereo_matching import match
from optidepthnet_ros.inference import DepthEstimator
from optidepthnet_ros.inference.reliable import reliable_depth
from optidepthnet_ros.inference.temporal_filter import TemporalFilter
from optidepthnet_ros.obstacles.approach import Approach, nearest_of
from optidepthnet_ros.obstacles.flight_controller import (
    SECTORS,
    distances_in_centimetres,
    ranges_for_mavros,
    shared_with_neighbours,
)
from optidepthnet_ros.obstacles.mounting import Mounting
from optidepthnet_ros.obstacles.nearest import ObstacleRules, SectorView
from optidepthnet_ros.obstacles.sectors import Sectors
from optidepthnet_ros.ros.conversions.obstacle_messages import write_scan
from optidepthnet_ros.ros.depth_node.parameters import Parameters

PERIOD = 0.1
FRAMES = 36  # frames of the drive
MISMATCH = 2.5  # metres of a match at the end of the search range, where no car comes
Pose = tuple[float, float, float]


@dataclass(frozen=True)
class Frame:
    """One frame of a sequence.

    :param truth: (H, W) float32 metres, NaN unknown
    """

    image: np.ndarray
    truth: np.ndarray


@dataclass(frozen=True)
class Drive:
    """A sequence, and how it is processed.

    :param resolution: size of a costmap cell in metres
    :param shown: frames whose arrays are recorded
    """

    frames: list[Frame]
    camera: Camera
    mounting: Mounting
    rules: ObstacleRules
    limits: tuple[float, float]
    model: str
    resolution: float
    poses: list[Pose]
    shown: tuple[int, ...]


def street(folder: Path) -> Drive:
    """Read a folder of pairs, with the camera 1.65 m above the road."""
    rig = read_stereo_rig(folder / 'left.yaml', folder / 'right.yaml')
    frames = []
    for path in sorted((folder / 'left').iterdir())[:FRAMES]:
        pair = [cv2.imread(str(folder / side / path.name)) for side in ('left', 'right')]
        disparity, _ = match(*(to_gray(image) for image in pair))
        truth = (rig.baseline * rig.camera.fx / disparity).astype(np.float32)
        truth[truth < MISMATCH] = np.nan
        frames.append(Frame(pair[0], truth))
    return Drive(
        frames,
        rig.camera,
        Mounting(height=1.65),
        ObstacleRules(min_height=0.4, max_height=2.0, max_range=20.0),
        (0.1, 80.0),
        'dlite0_street',
        0.2,
        odometry(frames, rig.camera),
        (2, 6, 15),
    )


def house(folder: Path) -> Drive:
    """Read a rendered sequence of a standing robot."""
    frames = []
    for path in sorted((folder / 'depth').iterdir()):
        depth = cv2.imread(str(path), cv2.IMREAD_UNCHANGED).astype(np.float32) / 1000
        depth[depth == 0] = np.nan
        frames.append(Frame(cv2.imread(str(folder / 'rgb' / f'{path.stem}.jpg')), depth))
    return Drive(
        frames,
        read_camera(folder / 'camera.yaml'),
        mounting_of(folder / 'poses.txt'),
        ObstacleRules(min_height=0.2, max_height=1.0, max_range=5.0),
        (0.1, 20.0),
        'dlite0_free',
        0.05,
        [(0.0, 0.0, 0.0)] * len(frames),
        (9, 10, 26),
    )


def odometry(frames: list[Frame], camera: Camera) -> list[Pose]:
    """Return the camera's pose in each frame, from corners with depth that are found again in the next frame."""
    matrix = np.array([[camera.fx, 0, camera.cx], [0, camera.fy, camera.cy], [0, 0, 1]])
    here, poses = np.eye(4), [(0.0, 0.0, 0.0)]
    for before, after in pairwise(frames):
        first, second = to_gray(before.image), to_gray(after.image)
        corners = cv2.goodFeaturesToTrack(first, 1500, 0.005, 5)
        moved, found, _ = cv2.calcOpticalFlowPyrLK(first, second, corners, None)
        columns, rows = corners[:, 0].round().astype(int).T
        points = points_from_depth(before.truth, camera)[rows, columns]
        usable = (found[:, 0] > 0) & np.isfinite(points[:, 2]) & (points[:, 2] < 40)
        _, turn, shift, _ = cv2.solvePnPRansac(points[usable], moved[usable], matrix, None, reprojectionError=1.5)
        step = np.eye(4)
        step[:3, :3], step[:3, 3] = cv2.Rodrigues(turn)[0], shift[:, 0]
        here = here @ np.linalg.inv(step)
        poses.append((here[2, 3], -here[0, 3], math.atan2(-here[0, 2], here[2, 2])))
    return poses


class Outputs:
    """The outputs from one kind of depth, frame by frame."""

    def __init__(self, drive: Drive):
        self._drive = drive
        make = partial(
            SectorView,
            drive.camera,
            drive.mounting,
            rules=drive.rules,
            min_depth=drive.limits[0],
            max_depth=drive.limits[1],
        )
        self.scanned = make(sectors=Sectors.of_camera(drive.camera, Parameters().obstacles_sector_width))
        self.around = make(sectors=Sectors.around(SECTORS))
        # The sectors of the flight controllers' arrays that the camera sees, left to right; the others are unknown.
        self.clockwise = np.sort((np.flatnonzero(self.around.in_view) * -1 + SECTORS // 2) % SECTORS) - SECTORS // 2
        self._approach = Approach()
        self.layer = ObstacleLayer(layer_parameters(drive), drive.mounting.height, drive.resolution)

    def take(self, number: int, depth: np.ndarray) -> tuple[View, dict[str, object]]:
        """Return what is drawn of a frame, and the arrays for flight controllers."""
        drive, limits = self._drive, (self._drive.limits[0], self._drive.rules.max_range)
        ranges = self.scanned.nearest(depth)
        nearest = nearest_of(ranges, self.scanned.in_view)
        contact = self._approach.time_to_contact(PERIOD * number, nearest)
        if not np.isnan(ranges).all():
            scan = LaserScan()
            write_scan(scan, ranges, self.scanned.sectors, *limits)
            self.layer.take(scan, drive.poses[number])
        circle = shared_with_neighbours(self.around.nearest(depth))
        view = View(self.scanned.sectors.angles(), ranges, nearest, contact, set(self.layer.marked))
        return view, {
            'px4': distances_in_centimetres(circle, *limits)[self.clockwise].tolist(),
            'mavros': [said(metres) for metres in ranges_for_mavros(circle, *limits)[self.clockwise]],
        }


def said(value: float) -> float | str:
    """Return a number for JSON, rounded to millimetres."""
    return round(float(value), 3) if math.isfinite(value) else str(float(value))


def layer_parameters(drive: Drive) -> dict[str, object]:
    """Return the parameters of config/nav2_depth.yaml, with the ranges and heights of this drive."""
    file = yaml.safe_load(share_path('config', 'nav2_depth.yaml').read_text())
    layer = file['local_costmap']['local_costmap']['ros__parameters']['depth_layer']
    farthest = drive.rules.max_range
    layer['depth_scan'] |= {'obstacle_max_range': 0.96 * farthest, 'raytrace_max_range': farthest}
    return layer


def estimates(drive: Drive) -> Iterator[np.ndarray]:
    """Yield depth as in the node."""
    p, steady = Parameters(), TemporalFilter()
    estimator = DepthEstimator.from_file(shipped_models()[drive.model], threads=1)
    for number, frame in enumerate(drive.frames):
        steadied = partial(steady, source=drive.camera, seconds=PERIOD * number, strength=p.temporal_filter)
        estimate = estimator.estimate(frame.image, drive.camera, steadied=steadied)
        yield reliable_depth(
            estimate,
            min_depth=drive.limits[0],
            max_depth=drive.limits[1],
            edge_filter_threshold=p.edge_filter_threshold,
        )


def main() -> None:
    """Replay, record and draw."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('kind', choices=('drive', 'house'))
    parser.add_argument('folder', type=Path)
    parser.add_argument('--record', type=Path)
    parser.add_argument('--gif', type=Path)
    parser.add_argument('--frames', type=Path, help='folder for the frames of the animation as PNG')
    args = parser.parse_args()
    drive = {'drive': street, 'house': house}[args.kind](args.folder)
    ours, true = Outputs(drive), Outputs(drive)
    scenes, arrays = [], {}
    for number, (frame, depth) in enumerate(zip(drive.frames, estimates(drive))):
        (view, array), (true_view, true_array) = ours.take(number, depth), true.take(number, frame.truth)
        scenes.append(Scene(frame.image, drive.poses[number], view, true_view))
        if number in drive.shown:
            arrays[str(number)] = {'truth': true_array, 'ours': array}
        print(number, *(f'{one.nearest:6.2f} m {one.contact:6.2f} s' for one in (view, true_view)))
    if args.record:
        record = {'model': drive.model, 'degrees': (5 * ours.clockwise).tolist(), 'arrays': arrays}
        for of in ('truth', 'ours'):
            record[of] = {
                what: [said(getattr(getattr(scene, of), what)) for scene in scenes] for what in ('nearest', 'contact')
            }
        write_json(args.record, record)
    if args.gif or args.frames:
        write_gif(scenes, drive.rules.max_range, drive.resolution, args.gif, args.frames)


if __name__ == '__main__':
    main()
