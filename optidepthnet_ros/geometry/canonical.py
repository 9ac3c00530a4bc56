# SPDX-License-Identifier: Apache-2.0
"""The canonical camera: every image is shown to the network at one angular resolution. numpy only.

An image of any camera is resized by f_c / fx and f_c / fy: its pixels become square and cover the same angle as the
pixels in training. Nothing is padded or squashed. Disparity d is a fraction of a fixed width W_c, and

    Z = b0 f_c / (d W_c)

(the canonical camera of Yin et al., Metric3D, ICCV 2023, with the stereo rig of Godard et al., CVPR 2017).
"""

import math
from dataclasses import dataclass

from optidepthnet_ros.geometry.camera import CalibrationError, Camera

MAX_PIXELS = 400_000  # of the resized image; a 100 degree 16:9 camera at f_c = 240 has 184,000
_MIN_SIZE = 16  # pixels of the resized image, in each direction


@dataclass(frozen=True)
class CanonicalView:
    """How one camera's images are shown to the network.

    :param camera: camera of the whole image
    :param rows: rows of the image that are shown: all, except for a very wide camera
    :param columns: columns of the image that are shown: all, except for a very wide camera
    :param height: height of the resized image in pixels
    :param width: width of the resized image in pixels
    :param unit: metres; the depth of a disparity d is ``unit / d``
    """

    camera: Camera
    rows: slice
    columns: slice
    height: int
    width: int
    unit: float

    @property
    def pixel(self) -> tuple[float, float]:
        """Height and width of a pixel of the resized image, in pixels of the camera's image."""
        return ((self.rows.stop - self.rows.start) / self.height, (self.columns.stop - self.columns.start) / self.width)

    @property
    def unseen(self) -> str:
        """Which part of the image is not shown because the camera sees too wide, as text; empty if none."""
        parts = []
        for name, shown, size in (
            ('rows', self.rows, self.camera.height),
            ('columns', self.columns, self.camera.width),
        ):
            if missing := size - (shown.stop - shown.start):
                parts.append(f'{missing} of {size} {name} (0 to {shown.start - 1} and {shown.stop} to {size - 1})')
        return f'depth is unknown in {" and ".join(parts)}: the camera sees too wide' if parts else ''


@dataclass(frozen=True)
class CanonicalCamera:
    """Defines what a checkpoint's disparities mean.

    :param focal: f_c, pixels
    :param width: W_c, pixels
    :param baseline: b0, metres
    """

    focal: float
    width: float
    baseline: float

    @property
    def unit(self) -> float:
        """b0 f_c / W_c in metres: depth is this divided by disparity."""
        return self.baseline * self.focal / self.width

    def view(self, camera: Camera, max_pixels: int = MAX_PIXELS) -> CanonicalView:
        """Return how a camera's images are shown: whole, or only their middle if they exceed ``max_pixels``.

        :raises CalibrationError: the resized image would be so small that the focal length cannot be right
        """
        height, width = camera.height * self.focal / camera.fy, camera.width * self.focal / camera.fx
        if min(height, width) < _MIN_SIZE:
            raise CalibrationError(
                f'a {camera.width}x{camera.height} image with focal length {camera.fx:g}, {camera.fy:g} px sees less '
                f'than {math.degrees(2 * math.atan(_MIN_SIZE / 2 / self.focal)):.0f} degrees: check camera_info',
                'field of view',
            )
        share = min(1.0, math.sqrt(max_pixels / (height * width)))
        rows, columns = _middle(camera.height, share), _middle(camera.width, share)
        shown_rows, shown_columns = rows.stop - rows.start, columns.stop - columns.start
        view_height = max(1, round(shown_rows * self.focal / camera.fy))
        view_width = max(1, round(shown_columns * self.focal / camera.fx))
        # The actual focal length after rounding to whole pixels.
        focal = camera.fx * view_width / shown_columns
        return CanonicalView(camera, rows, columns, view_height, view_width, self.baseline * focal / self.width)


# The default for new models of roads: a disparity of 0.3, the largest that a network can predict, is 0.3 m.
GENERAL = CanonicalCamera(focal=240.0, width=640.0, baseline=0.24)


def _middle(size: int, share: float) -> slice:
    margin = math.floor(size * (1 - share) / 2)
    return slice(margin, size - margin)
