# SPDX-License-Identifier: Apache-2.0
"""KITTI's raw recordings: DATE/DRIVE/image_0[0-3]/data/FRAME.png or .jpg, with DATE/calib_cam_to_cam.txt."""

from pathlib import Path

import numpy as np

from optidepthnet_ros.files.kitti_calibration import CAM_TO_CAM, read_rig
from optidepthnet_ros.files.kitti_split import SplitFrame, read_split
from optidepthnet_ros.recordings.depth_scene import MEASURED
from optidepthnet_ros.recordings.image_files import ImageFileScene, pairs_by_name
from optidepthnet_ros.recordings.kitti_depth import DriveDepth, KittiDepthDrive, find_annotated, is_listed
from optidepthnet_ros.recordings.scene import DataError

EXPECTED = "KITTI's raw recordings: DATE/DRIVE/image_02 and image_03 (or 00 and 01), or one DATE or DRIVE of them"

COLOUR, GRAY = (2, 3), (0, 1)  # KITTI's numbers of the left and right cameras


class KittiDrive(ImageFileScene):
    """One drive: its pair of colour cameras, or the gray pair if there is no colour pair.

    Only one pair is used, because both show the same: a drive that is held out must not be seen by the other pair.

    Depth of the left colour camera comes from the pictures of the depth benchmark or the laser points of the drive.

    :param frames: numbers of the frames to take; None takes all
    :param annotated: folder with the depth benchmark's pictures of this drive; None is the drive itself
    :raises DataError: no pairs, or none of these frames
    :raises optidepthnet_ros.geometry.camera.CalibrationError: no usable calibration
    """

    def __init__(self, drive: Path, frames: set[int] | None = None, annotated: Path | None = None):
        cameras = COLOUR if all(_images(drive, camera).is_dir() for camera in COLOUR) else GRAY
        rig = read_rig(drive.parent / CAM_TO_CAM, *cameras)
        pairs, notes = pairs_by_name(*(_images(drive, camera) for camera in cameras))
        if cameras == COLOUR and _images(drive, GRAY[0]).is_dir():
            notes += ('the gray cameras 00 and 01 show the same and are left out',)
        if frames is not None:
            pairs = [pair for pair in pairs if is_listed(pair[0], frames)]
            if not pairs:
                raise DataError(f'{drive}: none of the {len(frames)} frames in the split file is here')
            notes += (f'{len(pairs)} of {len(frames)} frames in the split file are here',)
        self._depth = DriveDepth(drive, annotated) if cameras == COLOUR else None
        if self._depth and self._depth.note:
            notes += (self._depth.note,)
        super().__init__(drive.name, rig, pairs, notes)

    def left_depth(self, index: int) -> tuple[np.ndarray, str] | None:
        frame = self._pairs[index][0].stem
        if self._depth is None or not self._depth.knows(frame):
            return None
        return self._depth.read(frame, self.camera), MEASURED


def find_drives(root: Path) -> list[Path]:
    """Return ``root`` if it is a drive, or the drives in it if it is a date or holds dates."""
    for above in ('', '*/', '*/*/'):
        if drives := sorted({data.parents[1] for data in root.glob(f'{above}image_0[0-3]/data')}):
            return drives
    return []


def kitti_drives(root: Path, split: Path | None = None) -> list[KittiDrive | KittiDepthDrive]:
    """Return the drives at ``root``; with a split file, only the drives and frames that it lists.

    Lines for l and r of a frame name the same pair, which is taken once.

    :raises DataError: the split file lists none of the drives at ``root``
    :raises optidepthnet_ros.files.kitti_split.SplitError: the split file cannot be read
    """
    drives, annotated = find_drives(root), find_annotated(root)
    if split is None:
        return [_open_drive(drive, None, annotated) for drive in drives]
    listed = _frames_by_drive(read_split(split))
    wanted = [(drive, listed[name]) for drive in drives if (name := f'{drive.parent.name}/{drive.name}') in listed]
    if not wanted:
        raise DataError(
            f'{split}: lists none of the {len(drives)} drives in {root}, such as '
            f'{drives[0].parent.name}/{drives[0].name}'
        )
    return [_open_drive(drive, frames, annotated) for drive, frames in wanted]


def _open_drive(drive: Path, frames: set[int] | None, annotated: dict[str, Path]) -> KittiDrive | KittiDepthDrive:
    depth = DriveDepth(drive, annotated.get(drive.name))
    has_pairs = any(all(_images(drive, camera).is_dir() for camera in cameras) for cameras in (COLOUR, GRAY))
    if not has_pairs and depth.note and _images(drive, COLOUR[0]).is_dir():
        return KittiDepthDrive(drive, depth, frames)
    return KittiDrive(drive, frames, annotated.get(drive.name))


def _frames_by_drive(lines: list[SplitFrame]) -> dict[str, set[int]]:
    listed: dict[str, set[int]] = {}
    for line in lines:
        listed.setdefault(line.drive, set()).add(line.frame)
    return listed


def _images(drive: Path, camera: int) -> Path:
    return drive / f'image_{camera:02}' / 'data'
