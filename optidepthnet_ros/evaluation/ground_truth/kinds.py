# SPDX-License-Identifier: Apache-2.0
"""The kinds of ground truth by name, and which one a folder holds."""

from pathlib import Path

from optidepthnet_ros.evaluation.ground_truth.depth_files import DepthFilesTruth
from optidepthnet_ros.evaluation.ground_truth.depth_recording import DepthRecordingTruth
from optidepthnet_ros.evaluation.ground_truth.frame import GroundTruthError
from optidepthnet_ros.evaluation.ground_truth.kitti2015 import Kitti2015Truth
from optidepthnet_ros.evaluation.ground_truth.kitti_depth import KittiDepthTruth
from optidepthnet_ros.evaluation.ground_truth.velodyne import VelodyneTruth
from optidepthnet_ros.recordings.bag_folder import find_bags
from optidepthnet_ros.recordings.depth_folder import find_depth_folders

KINDS = {
    'kitti2015': Kitti2015Truth,
    'kitti-depth': KittiDepthTruth,
    'velodyne': VelodyneTruth,
    'depth': DepthFilesTruth,
    'recording': DepthRecordingTruth,
}


def recognise(folder: Path) -> str:
    """Return which of ``KINDS`` a folder holds.

    Disparity and depth pictures look alike, so they are recognised by the folder name alone, and never guessed: a
    wrong guess would give a table that looks right.

    :raises GroundTruthError: none, or it cannot be determined
    """
    if find_bags(folder):
        raise GroundTruthError(
            f'{folder}: a rosbag2 recording: use `optidepthnet promote TUNED --base CHECKPOINT --data {folder}`, '
            'for stereo and RGB-D cameras; for evaluate, write its frames as a scene with rgb/, depth/, '
            'camera.yaml and depth.yaml'
        )
    if not folder.is_dir():
        raise GroundTruthError(f'{folder}: no such folder of ground truth')
    if find_depth_folders(folder):
        return 'recording'
    endings = {path.suffix.lower() for path in folder.iterdir()}
    if '.bin' in endings:
        return 'velodyne'
    if endings & set(DepthFilesTruth.suffixes):
        return 'depth'
    if '.png' not in endings:
        raise GroundTruthError(f'{folder}: no ground truth in this folder (.png, .bin, .npy or .pfm)')
    if folder.name.startswith('disp_'):
        return 'kitti2015'
    if any(part.startswith('groundtruth') for part in folder.resolve().parts):
        return 'kitti-depth'
    raise GroundTruthError(
        f'{folder}: the folder name does not show whether these are disparity or depth maps: '
        'give --kind kitti2015 or --kind kitti-depth'
    )
