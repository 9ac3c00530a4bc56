# SPDX-License-Identifier: Apache-2.0
"""Each source of scale live: the node over DDS on a rendered drive with a wrong baseline, and its scale over time.

    python -m experiments.robot.scale_over_dds DATA/free/sequences/sim_house_drive
        --picture docs/pictures/scale_live.png

The baseline of dlite0_free is 30 % too large. For each source, a node is started as a separate process. It gets the
drive's first 40 images with stamps at 10 Hz, and what such a sensor would measure of the truth: PointCloud2 with 1 % of
the points, LaserScan of the row at the camera's height, Range with a cone of 25 degrees, Odometry of the camera; for
the ground only the mounting of the first frame. The next image is sent when the node has answered the last one, so that
the load of the machine has no influence. Prints a line for each source, and draws the values of ~/scale.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import rclpy
from diagnostic_msgs.msg import DiagnosticArray
from matplotlib.figure import Figure
from nav_msgs.msg import Odometry
from rclpy.executors import SingleThreadedExecutor
from sensor_msgs.msg import CameraInfo, Image, LaserScan, PointCloud2, PointField, Range

from experiments.accuracy.metric_scale import (
    CONE,
    FACTORS,
    PERIOD,
    Seen,
    abs_rel,
    nearest_in_cone,
    one_percent,
    one_row,
)
from optidepthnet_ros.checkpoints.checkpoint import Checkpoint
from optidepthnet_ros.checkpoints.models import shipped_models
from optidepthnet_ros.evaluation.ground_truth.depth_recording import DepthRecordingTruth
from optidepthnet_ros.geometry.rigid import rigid_transform
from optidepthnet_ros.ros.conversions.camera_info_message import info_from_camera
from optidepthnet_ros.ros.conversions.image_message import write_image
from optidepthnet_ros.ros.demo.processes import Children, private_ros_environment

PATIENCE = 2.0  # seconds for an answer; then the image is sent again
FORWARD = '0 0 0 0.5 -0.5 0.5 0.5'  # a sensor in the camera's place, with x forward and z up
ANGLES = 200  # number of angles of the scan
FRAMES = 40


@dataclass(frozen=True)
class Drive:
    """The frames, with truth and pixels, and the pose of the camera in each: x y z qx qy qz qw."""

    frames: list[Seen]
    pixels: list[np.ndarray]
    poses: list[list[float]]

    @classmethod
    def read(cls, folder: Path) -> 'Drive':
        """Read a scene with poses."""
        truth = DepthRecordingTruth(folder)
        read = list(map(truth.read, truth.names[:FRAMES]))
        lines = [line for line in (folder / 'poses.txt').read_text().splitlines() if not line.startswith('#')]
        frames = [Seen(one.depth, np.ones_like(one.depth), one.camera) for one in read]
        return cls(frames, [one.pixels() for one in read], [[float(x) for x in line.split()[1:8]] for line in lines])

    def base_transform(self) -> str:
        """Return the pose, in the camera's frame, of a frame on the ground below the first place, as a parameter."""
        pose = rigid_transform(self.poses[0][:3], self.poses[0][3:])
        x, y, z = pose[:3, :3].T @ (0.0, 0.0, -pose[2, 3])
        qx, qy, qz, qw = self.poses[0][3:]
        return f'{x} {y} {z} {-qx} {-qy} {-qz} {qw}'


@dataclass
class Told:
    """The results with one source, a value for each frame.

    :param applied: scale that was applied
    :param errors: Abs Rel of the published depth, where it is known
    """

    applied: list[float] = field(default_factory=list)
    errors: list[float] = field(default_factory=list)


def cloud(drive: Drive, number: int) -> PointCloud2:
    points = one_percent(drive.frames[number])
    points = np.stack([points[:, 2], -points[:, 0], -points[:, 1]], axis=1)
    return PointCloud2(
        height=1,
        width=len(points),
        fields=[
            PointField(name=axis, offset=4 * at, datatype=PointField.FLOAT32, count=1) for at, axis in enumerate('xyz')
        ],
        point_step=12,
        row_step=12 * len(points),
        data=points.astype(np.float32).tobytes(),
    )


def scan(drive: Drive, number: int) -> LaserScan:
    x, _, z = one_row(drive.frames[number]).astype(np.float64).T
    angles, ranges = np.arctan2(-x, z), np.hypot(x, z)
    order = np.argsort(angles)
    wanted = np.linspace(angles.min(), angles.max(), ANGLES)
    return LaserScan(
        angle_min=float(wanted[0]),
        angle_max=float(wanted[-1]),
        angle_increment=float(wanted[1] - wanted[0]),
        range_min=0.05,
        range_max=100.0,
        ranges=np.interp(wanted, angles[order], ranges[order]).astype(np.float32),
    )


def distance(drive: Drive, number: int) -> Range:
    return Range(field_of_view=CONE, min_range=0.05, max_range=100.0, range=nearest_in_cone(drive.frames[number]))


def odometry(drive: Drive, number: int) -> Odometry:
    message = Odometry(child_frame_id='camera')
    p, o = message.pose.pose.position, message.pose.pose.orientation
    p.x, p.y, p.z, o.x, o.y, o.z, o.w = drive.poses[number]
    return message


# For each source: its message for a frame, and scale_transform.
SOURCES: dict[str, tuple[type | None, Callable[[Drive, int], Any] | None, Callable[[Drive], str]]] = {
    'points': (PointCloud2, cloud, lambda drive: FORWARD),
    'scan': (LaserScan, scan, lambda drive: FORWARD),
    'range': (Range, distance, lambda drive: FORWARD),
    'odometry': (Odometry, odometry, lambda drive: '0 0 0 0 0 0 1'),
    'ground': (None, None, Drive.base_transform),
}


class Robot:
    """Sends frames and evidence to a node, and waits for its answer to each."""

    def __init__(self, source: str, drive: Drive):
        self._drive = drive
        self._node = rclpy.create_node('robot')
        self._executor = SingleThreadedExecutor()
        self._executor.add_node(self._node)
        self._image = self._node.create_publisher(Image, 'image', 10)
        self._info = self._node.create_publisher(CameraInfo, 'camera_info', 10)
        kind, self._make, _ = SOURCES[source]
        self._evidence = self._node.create_publisher(kind, source, 10) if kind else None
        self._scales: dict[int, float] = {}
        self._depths: dict[int, np.ndarray] = {}
        self._node.create_subscription(DiagnosticArray, 'depth_node/scale', self._take_scale, 10)
        self._node.create_subscription(Image, 'depth/image_rect', self._take_depth, 10)

    def run(self, children: Children) -> Told:
        """Send all frames, one after the other."""
        told = Told()
        for number, seen in enumerate(self._drive.frames):
            stamp = round(number * PERIOD * 1e9) + 10**9
            while stamp not in self._scales or stamp not in self._depths:
                children.check()
                self._send(number, stamp)
                end = time.monotonic() + (PATIENCE if told.applied else 0.2)
                while time.monotonic() < end and not (stamp in self._scales and stamp in self._depths):
                    self._executor.spin_once(timeout_sec=0.05)
            told.applied.append(self._scales[stamp])
            depth = self._depths[stamp]
            told.errors.append(abs_rel(depth, replace(seen, predicted=depth)))
        self._executor.shutdown()
        self._node.destroy_node()
        return told

    def _send(self, number: int, stamp: int) -> None:
        image = Image()
        write_image(image, self._drive.pixels[number], 'bgr8' if self._drive.pixels[number].ndim == 3 else 'mono8')
        image.header.frame_id = 'camera'
        image.header.stamp.sec, image.header.stamp.nanosec = divmod(stamp, 10**9)
        if self._evidence is not None and self._make is not None:
            message = self._make(self._drive, number)
            message.header.frame_id = 'sensor'
            message.header.stamp = image.header.stamp
            self._evidence.publish(message)
        self._info.publish(info_from_camera(self._drive.frames[number].camera, image.header))
        self._image.publish(image)

    def _take_scale(self, message: DiagnosticArray) -> None:
        values = {pair.key: pair.value for pair in message.status[0].values}
        self._scales[_stamp(message)] = float(values['scale'])

    def _take_depth(self, message: Image) -> None:
        depth = np.frombuffer(message.data, np.float32).reshape(message.height, message.width)
        self._depths[_stamp(message)] = depth.copy()


def _stamp(message: Any) -> int:
    return int(message.header.stamp.sec) * 10**9 + int(message.header.stamp.nanosec)


def live(source: str, drive: Drive, checkpoint: Path, environment: dict[str, str], logs: Path) -> Told:
    """Start a node with this source, send the drive to it, and stop it."""
    values = {
        'checkpoint': checkpoint,
        'scale_source': source,
        'scale_transform': f"'{SOURCES[source][2](drive)}'",
        'threads': 1,
        'unknown_beyond': 1000.0,
    }
    parameters = [part for name, value in values.items() for part in ('-p', f'{name}:={value}')]
    with Children(environment, logs) as children:
        children.start('depth_node', 'optidepthnet_ros.ros.depth_node.node', '--ros-args', *parameters)
        return Robot(source, drive).run(children)


def draw(found: dict[str, Told], path: Path) -> None:
    """Draw scale and error of each source over time."""
    figure = Figure(figsize=(9, 5.5), layout='constrained')
    scale, error = figure.subplots(2, 1, sharex=True)
    for source, told in found.items():
        seconds = PERIOD * np.arange(len(told.applied))
        scale.plot(seconds, told.applied, label=source)
        error.plot(seconds, told.errors, label=source)
    scale.set_ylabel('scale, as ~/scale has it')
    scale.legend()
    error.set_ylabel('Abs Rel of depth/image_rect')
    error.set_xlabel('seconds')
    figure.savefig(path, dpi=80)


def main() -> None:
    """Run all sources, one after the other."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('drive', type=Path)
    parser.add_argument('--picture', type=Path, required=True)
    args = parser.parse_args()
    environment = private_ros_environment()
    os.environ.update(environment)  # for ROS in this process
    drive, found = Drive.read(args.drive), {}
    right = Checkpoint.load(shipped_models()['dlite0_free'])
    wrong = replace(right.provenance, baseline=FACTORS[0] * right.provenance.baseline)
    rclpy.init()
    with tempfile.TemporaryDirectory() as folder:
        checkpoint = Path(folder, 'wrong.safetensors')
        replace(right, provenance=wrong, self_test=None).save(checkpoint)
        for source in SOURCES:
            told = found[source] = live(source, drive, checkpoint, environment, Path(folder))
            first, last = np.mean(told.errors[:3]), np.mean(told.errors[-10:])
            print(f'{source}: scale {told.applied[-1]:.3f}, Abs Rel {first:.3f}, then {last:.3f}', flush=True)
    rclpy.shutdown()
    draw(found, args.picture)


if __name__ == '__main__':
    main()
