# SPDX-License-Identifier: Apache-2.0
"""KITTI's cameras by image width, because its frames with ground truth have no calibration."""

from optidepthnet_ros.geometry.camera import Camera

BASELINE = 0.5372  # metres
# Recording days differ in focal length, and in the image width after rectification.
FOCAL_LENGTHS = {1242: 721.5377, 1241: 718.856, 1238: 718.3351, 1226: 707.0912, 1224: 707.0493}


def kitti_camera(width: int, height: int) -> Camera:
    """Return the camera of a KITTI frame; its principal point is assumed to be at the centre.

    :raises ValueError: not a width of KITTI images
    """
    if width not in FOCAL_LENGTHS:
        raise ValueError(
            f'{width} is not a KITTI image width ({", ".join(map(str, sorted(FOCAL_LENGTHS)))}): '
            'give the calibration with --camera'
        )
    focal_length = FOCAL_LENGTHS[width]
    return Camera(width, height, focal_length, focal_length, (width - 1) / 2, (height - 1) / 2)
