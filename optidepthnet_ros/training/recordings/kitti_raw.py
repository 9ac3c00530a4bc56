"""KITTI's raw recordings: DATE/DRIVE/image_0[0-3]/data/FRAME.png or .jpg, with DATE/calib_cam_to_cam.txt."""

from pathlib import Path

from optidepthnet_ros.files.kitti_calibration import CAM_TO_CAM, read_rig
from optidepthnet_ros.files.kitti_split import SplitFrame, read_split
from optidepthnet_ros.training.recordings.image_files import ImageFileScene, pairs_by_name
from optidepthnet_ros.training.recordings.scene import DataError

EXPECTED = "KITTI's raw recordings: DATE/DRIVE/image_02 and image_03 (or 00 and 01), or a DATE or DRIVE of them"

COLOUR, GRAY = (2, 3), (0, 1)  # KITTI's numbers of the left and right cameras


class KittiDrive(ImageFileScene):
    """One drive: its colour pair of cameras, or the gray one where there is no other.

    Only one of them, because they show the same: a drive that is held out must not be seen through the other.

    :param frames: numbers of the frames to take; None is all
    :raises DataError: no pairs, or none of these frames
    :raises optidepthnet_ros.geometry.camera.CalibrationError: no usable calibration
    """

    def __init__(self, drive: Path, frames: set[int] | None = None):
        cameras = COLOUR if all(_images(drive, camera).is_dir() for camera in COLOUR) else GRAY
        rig = read_rig(drive.parent / CAM_TO_CAM, *cameras)
        pairs, notes = pairs_by_name(*(_images(drive, camera) for camera in cameras))
        if cameras == COLOUR and _images(drive, GRAY[0]).is_dir():
            notes += ('the gray cameras 00 and 01 show the same and are left out',)
        if frames is not None:
            pairs = [pair for pair in pairs if pair[0].stem.isdecimal() and int(pair[0].stem) in frames]
            if not pairs:
                raise DataError(f'{drive}: none of the {len(frames)} frames in the split file is here')
            notes += (f'{len(pairs)} of {len(frames)} frames in the split file are here',)
        super().__init__(drive.name, rig, pairs, notes)


def find_drives(root: Path) -> list[Path]:
    """Return ``root`` when it is a drive, or those in it when it is a date or holds dates."""
    for above in ('', '*/', '*/*/'):
        if drives := sorted({data.parents[1] for data in root.glob(f'{above}image_0[0-3]/data')}):
            return drives
    return []


def kitti_drives(root: Path, split: Path | None = None) -> list[KittiDrive]:
    """Return the drives at ``root``; with a split file only those that it lists, and of them only these frames.

    Lines for l and r of a frame name the same pair, which is taken once.

    :raises DataError: the split file lists none of the drives that are here
    :raises optidepthnet_ros.files.kitti_split.SplitError: the split file cannot be read
    """
    drives = find_drives(root)
    if split is None:
        return [KittiDrive(drive) for drive in drives]
    listed = _frames_by_drive(read_split(split))
    wanted = [(drive, listed[name]) for drive in drives if (name := f'{drive.parent.name}/{drive.name}') in listed]
    if not wanted:
        raise DataError(
            f'{split}: lists none of the {len(drives)} drives in {root}, such as '
            f'{drives[0].parent.name}/{drives[0].name}'
        )
    return [KittiDrive(drive, frames) for drive, frames in wanted]


def _frames_by_drive(lines: list[SplitFrame]) -> dict[str, set[int]]:
    listed = {}
    for line in lines:
        listed.setdefault(line.drive, set()).add(line.frame)
    return listed


def _images(drive: Path, camera: int) -> Path:
    return drive / f'image_{camera:02}' / 'data'
