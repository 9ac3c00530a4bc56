# SPDX-License-Identifier: Apache-2.0
"""The size of labels without fine detail: stereo matches and teachers."""

from optidepthnet_ros.geometry.camera import Camera

LABEL_FOCAL = 186.0  # pixels


def label_size(camera: Camera) -> tuple[int, int]:
    """Return width and height at ``LABEL_FOCAL``, or those of the image if its focal length is shorter."""
    if camera.fx <= LABEL_FOCAL:
        return camera.width, camera.height
    return round(camera.width * LABEL_FOCAL / camera.fx), round(camera.height * LABEL_FOCAL / camera.fy)
