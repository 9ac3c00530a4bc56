# SPDX-License-Identifier: Apache-2.0
"""Laser points of KITTI's raw recordings, projected into the image: the ground truth of Eigen et al., NIPS 2014.

The points are sparse. The scanner is mounted beside the cameras and sees past near objects, so some points lie behind
these. They are kept, as in the published tables.
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from optidepthnet_ros.evaluation.ground_truth.folder import files_by_name
from optidepthnet_ros.evaluation.ground_truth.frame import Frame, GroundTruth, GroundTruthError
from optidepthnet_ros.files.image_file import image_named
from optidepthnet_ros.files.kitti_calibration import CAM_TO_CAM, LEFT, RIGHT, read_colour_rig, read_velodyne_projection
from optidepthnet_ros.files.kitti_scan import ScanError, project, read_points
from optidepthnet_ros.files.kitti_split import read_split
from optidepthnet_ros.geometry.camera import StereoRig

CAMERAS = {'l': LEFT, 'r': RIGHT}  # the colour ones


@dataclass(frozen=True)
class Scan:
    """One sweep of the scanner, and the camera into which its points are projected.

    :param calibration: folder with calib_cam_to_cam.txt and calib_velo_to_cam.txt
    :param images: folder with the images of that camera
    """

    path: Path
    calibration: Path
    images: Path
    camera: int = LEFT


class VelodyneTruth(GroundTruth):
    """Sweeps by name; the rig is that of the two colour cameras."""

    kind = 'projected Velodyne points'

    def __init__(self, scans: dict[str, Scan]):
        self._scans = scans
        self.names = list(scans)

    @classmethod
    def of_folder(cls, folder: Path, *, images: Path | None = None, calibration: Path | None = None) -> 'VelodyneTruth':
        """Take all sweeps (.bin) of one folder, as seen by the left colour camera.

        :param folder: for example velodyne_points/data of a drive
        :param images: default: image_02/data of the same drive
        :param calibration: folder with both calibration files; default: searched for upwards from ``folder``
        :raises GroundTruthError: no sweep or no calibration
        """
        paths = files_by_name(folder, ('.bin',))
        calibration = calibration or _find_calibration(folder)
        images = images or folder.resolve().parents[1] / 'image_02' / 'data'
        return cls({name: Scan(path, calibration, images) for name, path in paths.items()})

    @classmethod
    def of_split(cls, root: Path, split: Path) -> 'VelodyneTruth':
        """Take the sweeps that a split file lists, each as seen by the colour camera it names.

        Each is named DRIVE_FRAME, with the frame in ten digits: 2011_09_26_drive_0002_sync_0000000069.

        :param root: KITTI's raw recordings: ROOT/DATE/DRIVE/velodyne_points/data/FRAME.bin
        :raises GroundTruthError: a sweep is missing
        :raises optidepthnet_ros.files.kitti_split.SplitError: the file is not such a list
        """
        scans = {}
        for line in read_split(split):
            drive, frame, camera = root / line.drive, f'{line.frame:010}', CAMERAS[line.side]
            path = drive / 'velodyne_points' / 'data' / f'{frame}.bin'
            if not path.is_file():
                raise GroundTruthError(
                    f'{path}: no such sweep, but {split} lists it: remove it there, or complete {root}'
                )
            scans[f'{drive.name}_{frame}'] = Scan(path, drive.parent, drive / f'image_{camera:02}' / 'data', camera)
        if not scans:
            raise GroundTruthError(f'{split}: lists no frames')
        return cls(scans)

    def image(self, name: str) -> Path | None:
        scan = self._scans[name]
        return image_named(scan.images, scan.path.stem)

    def read(self, name: str) -> Frame:
        scan = self._scans[name]
        rig, projection = _calibration(scan.calibration, scan.camera)
        camera = rig.camera
        try:
            depth = project(read_points(scan.path), projection, camera.width, camera.height)
        except ScanError as error:
            raise GroundTruthError(str(error)) from None
        if not np.isfinite(depth).any():
            raise GroundTruthError(f'{scan.path}: no point lies in the image: leave this frame out')
        return Frame(name, depth, self.image(name), camera, rig.baseline)


@lru_cache(maxsize=16)
def _calibration(folder: Path, camera: int) -> tuple[StereoRig, np.ndarray]:
    return read_colour_rig(folder / CAM_TO_CAM), read_velodyne_projection(folder, camera)


def _find_calibration(folder: Path) -> Path:
    for parent in (folder, *folder.resolve().parents):
        if (parent / CAM_TO_CAM).is_file():
            return parent
    raise GroundTruthError(f'{folder}: no {CAM_TO_CAM} in this folder or above it: give it with --camera')
