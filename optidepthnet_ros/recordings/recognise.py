# SPDX-License-Identifier: Apache-2.0
"""Recognises what kind of recording a path holds, stereo or depth, and opens its scenes."""

import importlib.util
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from optidepthnet_ros.files.transform_file import read_transform
from optidepthnet_ros.recordings import bag_folder, depth_folder, folder, kitti_depth, kitti_raw, tum_rgbd
from optidepthnet_ros.recordings.depth_scene import AnyScene
from optidepthnet_ros.recordings.scene import DataError, Scene

STAMP_TOLERANCE = 0.005  # seconds

_KINDS = folder, depth_folder, tum_rgbd, kitti_raw, kitti_depth, bag_folder


@dataclass(frozen=True)
class SceneOptions:
    """What cannot be found out from the recordings themselves.

    :param topics: for rosbag2: the two image topics, or one image and one depth topic, in any order; None searches for
        them
    :param stamp_tolerance: for rosbag2: seconds by which the stamps of a pair may differ
    :param split: for KITTI's raw drives: the file that lists the frames to take; None takes all
    :param lidar: for rosbag2: the file with the transform from the lidar to the camera; its points are then the depth
    :raises DataError: the tolerance is not a duration
    """

    topics: tuple[str, str] | None = None
    stamp_tolerance: float = STAMP_TOLERANCE
    split: Path | None = None
    lidar: Path | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.stamp_tolerance < math.inf:
            raise DataError(f'--stamp-tolerance is {self.stamp_tolerance}, but must be seconds, zero or more')


def open_scenes(path: Path, options: SceneOptions = SceneOptions()) -> list[AnyScene]:
    """Return the stereo and depth scenes at a path, of all kinds of recordings.

    :raises DataError: there is none, or one cannot be read
    :raises optidepthnet_ros.geometry.camera.CalibrationError: one has no usable calibration
    :raises optidepthnet_ros.files.kitti_split.SplitError: see :class:`SceneOptions`
    """
    if not path.exists():
        raise DataError(f'{path}: no such file or folder')
    path = path.resolve()  # scenes are named after it
    scenes: list[AnyScene] = [folder.FolderScene(found) for found in folder.find_folders(path)]
    scenes += map(depth_folder.DepthFolderScene, depth_folder.find_depth_folders(path))
    scenes += map(tum_rgbd.TumScene, tum_rgbd.find_tum_recordings(path))
    if kitti_raw.find_drives(path):
        scenes += kitti_raw.kitti_drives(path, options.split)
    elif annotated := kitti_depth.find_annotated(path):
        raise DataError(
            f'{path}: depth of {min(annotated)} and {len(annotated) - 1} other drives, but no images: give a folder '
            "that also holds KITTI's raw recordings (DATE/DRIVE/image_02/data)"
        )
    for bag in bag_folder.find_bags(path):
        scenes += _open_bag(bag, options)
    if not scenes:
        raise DataError(f'{path}: no recording: expected {"; or ".join(kind.EXPECTED for kind in _KINDS)}')
    return scenes


def open_all(paths: list[Path], options: SceneOptions) -> list[AnyScene]:
    """Return the stereo and depth scenes at all paths.

    :raises DataError: see :func:`check_options`, :func:`open_scenes` and :func:`check_names`, also for other errors
    """
    check_options(paths, options)
    scenes = [scene for path in paths for scene in open_scenes(path, options)]
    check_names(scenes)
    return scenes


def check_options(paths: list[Path], options: SceneOptions) -> None:
    """Refuse options for kinds of recordings that are not present.

    :raises DataError: an option would have no effect
    """
    if options.split and not any(kitti_raw.find_drives(path) for path in paths):
        raise DataError(f"--split {options.split} is for KITTI's raw recordings, but the data has none")
    bags = any(bag_folder.find_bags(path) for path in paths)
    if options.topics and not bags:
        raise DataError(f'--topics {" ".join(options.topics)} is for rosbag2 recordings, but the data has none')
    if options.lidar and not bags:
        raise DataError(f'--lidar {options.lidar} is for rosbag2 recordings, but the data has none')


def check_names(scenes: Sequence[Scene]) -> None:
    """Refuse scenes with the same name.

    :raises DataError: two scenes have the same name
    """
    by_name: dict[str, Scene] = {}
    for scene in scenes:
        if (other := by_name.setdefault(scene.name, scene)) is not scene:
            raise DataError(
                f"two scenes are called '{scene.name}', with {other.describe(0)} and {scene.describe(0)}: "
                'rename one folder or file, because scenes are held out and reported by name'
            )


def _open_bag(bag: Path, options: SceneOptions) -> list[AnyScene]:
    if importlib.util.find_spec('rosbags') is None:
        raise DataError(f'{bag}: rosbag2 recordings are read with rosbags, which is not installed: pip install rosbags')
    from optidepthnet_ros.recordings.bag_scenes import bag_scenes

    transform = read_transform(options.lidar) if options.lidar else None
    return bag_scenes(bag, options.topics, options.stamp_tolerance, transform)
