"""KITTI 2015 ground truth: disparity pictures and the cameras they belong to."""

from pathlib import Path

import cv2
import numpy as np

from optidepthnet_ros.camera import Camera

BASELINE = 0.5372
# Focal length by image width: KITTI's recording days differ, and the benchmark's frames carry no calibration.
FOCAL_LENGTHS = {1242: 721.5377, 1241: 718.856, 1238: 718.3351, 1226: 707.0912, 1224: 707.0493}


def kitti_camera(width: int, height: int) -> Camera:
    """Return the camera of a KITTI 2015 frame; its principal point, near the centre, is taken to be there.

    :raises ValueError: not a width of KITTI's
    """
    if width not in FOCAL_LENGTHS:
        raise ValueError(f'{width} is no KITTI image width: known are {", ".join(map(str, sorted(FOCAL_LENGTHS)))}')
    focal_length = FOCAL_LENGTHS[width]
    return Camera(width, height, focal_length, focal_length, (width - 1) / 2, (height - 1) / 2)


def read_disparity(path: Path) -> np.ndarray:
    """Read a ground-truth disparity picture: (H, W) float32 pixels, NaN where there is none.

    :raises ValueError: not a 16-bit picture
    """
    stored = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    if stored is None or stored.dtype != np.uint16:
        raise ValueError(f'{path}: not a 16-bit KITTI disparity picture')
    return np.where(stored > 0, stored / np.float32(256), np.float32(np.nan))


def read_depth(path: Path) -> np.ndarray:
    """Read a ground-truth disparity picture as depth: (H, W) float32 metres, NaN where there is none."""
    disparity = read_disparity(path)
    height, width = disparity.shape
    return BASELINE * kitti_camera(width, height).fx / disparity
