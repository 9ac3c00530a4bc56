"""Laser points of KITTI's raw recordings, projected into the image: the ground truth of Eigen et al., NIPS 2014.

The points are sparse, and as the scanner stands beside the cameras it sees past near objects: some points show
what is behind. They are kept, as in the published tables.
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from optidepthnet_ros.evaluation.ground_truth.folder import files_by_name
from optidepthnet_ros.evaluation.ground_truth.frame import Frame, GroundTruth, GroundTruthError
from optidepthnet_ros.files.image_file import image_named
from optidepthnet_ros.files.kitti_calibration import CAM_TO_CAM, LEFT, RIGHT, read_colour_rig, read_velodyne_projection
from optidepthnet_ros.files.kitti_split import read_split

CAMERAS = {'l': LEFT, 'r': RIGHT}  # the colour ones


@dataclass(frozen=True)
class Scan:
    """One sweep of the scanner, and the camera that its points are projected into.

    :param calibration: folder of calib_cam_to_cam.txt and calib_velo_to_cam.txt
    :param images: folder of that camera's images
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

        :param folder: velodyne_points/data of a drive, say
        :param images: image_02/data of the same drive, unless given
        :param calibration: folder of both calibration files; searched for upwards from ``folder``, unless given
        :raises GroundTruthError: no sweep or no calibration
        """
        paths = files_by_name(folder, ('.bin',))
        calibration = calibration or _find_calibration(folder)
        images = images or folder.resolve().parents[1] / 'image_02' / 'data'
        return cls({name: Scan(path, calibration, images) for name, path in paths.items()})

    @classmethod
    def of_split(cls, root: Path, split: Path) -> 'VelodyneTruth':
        """Take the sweeps that a split file lists, each as seen by the colour camera it names.

        Each is called DRIVE_FRAME, with the frame in ten digits: 2011_09_26_drive_0002_sync_0000000069.

        :param root: KITTI's raw recordings: ROOT/DATE/DRIVE/velodyne_points/data/FRAME.bin
        :raises GroundTruthError: a sweep is missing
        :raises optidepthnet_ros.files.kitti_split.SplitError: the file is no such list
        """
        scans = {}
        for line in read_split(split):
            drive, frame, camera = root / line.drive, f'{line.frame:010}', CAMERAS[line.side]
            path = drive / 'velodyne_points' / 'data' / f'{frame}.bin'
            if not path.is_file():
                raise GroundTruthError(f'{path}: no such sweep, but {split} lists it: leave it out, or complete {root}')
            scans[f'{drive.name}_{frame}'] = Scan(path, drive.parent, drive / f'image_{camera:02}' / 'data', camera)
        if not scans:
            raise GroundTruthError(f'{split}: lists no frame')
        return cls(scans)

    def image(self, name: str) -> Path | None:
        scan = self._scans[name]
        return image_named(scan.images, scan.path.stem)

    def read(self, name: str) -> Frame:
        scan = self._scans[name]
        rig, projection = _calibration(scan.calibration, scan.camera)
        camera = rig.camera
        depth = project(read_points(scan.path), projection, camera.width, camera.height)
        if not np.isfinite(depth).any():
            raise GroundTruthError(f'{scan.path}: no point falls into the image: leave this frame out')
        return Frame(name, depth, self.image(name), camera, rig.baseline)


def read_points(path: Path) -> np.ndarray:
    """Read a sweep: (N, 3) float32 metres, x forward, y left, z up.

    :raises GroundTruthError: unreadable, or not four numbers a point
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise GroundTruthError(f'{path}: cannot be read ({error.strerror})') from None
    if len(content) % 16:
        raise GroundTruthError(f'{path}: has {len(content)} bytes, not 16 for each point: copy it again')
    return np.frombuffer(content, '<f4').reshape(-1, 4)[:, :3]


def project(points: np.ndarray, projection: np.ndarray, width: int, height: int) -> np.ndarray:
    """Project points in front of the scanner to a depth image; where several meet, the nearest counts.

    :param points: (N, 3) metres, x forward
    :param projection: (3, 4) as :func:`~optidepthnet_ros.files.kitti_calibration.read_velodyne_projection` has it
    :return: (height, width) float32 metres, NaN where there is no point
    """
    points = points[points[:, 0] >= 0]
    u, v, z = projection[:, :3] @ points.T.astype(np.float64) + projection[:, 3:]
    ahead = z > 0
    u, v, z = u[ahead] / z[ahead], v[ahead] / z[ahead], z[ahead]
    # KITTI's development kit, and with it the published tables, count pixels from 1.
    columns, rows = np.round(u) - 1, np.round(v) - 1
    inside = (columns >= 0) & (columns < width) & (rows >= 0) & (rows < height)
    depth = np.full((height, width), np.inf, np.float32)
    np.minimum.at(depth, (rows[inside].astype(int), columns[inside].astype(int)), z[inside].astype(np.float32))
    depth[np.isinf(depth)] = np.nan
    return depth


@lru_cache(maxsize=16)
def _calibration(folder, camera):
    return read_colour_rig(folder / CAM_TO_CAM), read_velodyne_projection(folder, camera)


def _find_calibration(folder):
    for parent in (folder, *folder.resolve().parents):
        if (parent / CAM_TO_CAM).is_file():
            return parent
    raise GroundTruthError(f'{folder}: no {CAM_TO_CAM} here or in a folder above: give it with --camera')
