# SPDX-License-Identifier: Apache-2.0
"""Which part of the images of a recording a sample shows, and at which zoom: one shape per batch, at any position."""

import numpy as np

from optidepthnet_ros.geometry.camera import Camera
from optidepthnet_ros.geometry.canonical import CanonicalCamera, CanonicalView

# Height and width. Only a few, because cuDNN plans every layer at the first use of a shape, 10 to 25 s each on an H100.
# Most of the image of a road camera, the whole image of a 4:3 camera, and others, some with odd numbers; at f_c = 240.
ROAD_WINDOWS = ((112, 377), (217, 288), (168, 265), (87, 303))
# Whole images of 4:3 and 16:9 cameras: how high they are above the floor shows how far a wall is; at f_c = 160.
ROOM_WINDOWS = ((145, 192), (160, 213), (126, 224), (112, 177))
SMALLEST_WINDOW = 64  # pixels in both directions, for training
ENLARGED = 1.2  # ratio of the focal length of packed images to the canonical one, so that views can be enlarged
ZOOM = (0.75, 1.3)  # smallest and largest zoom if the window fits into the image; raised until it does
SPREAD = 1.1  # minimum ratio of the largest to the smallest zoom


def random_view(
    camera: Camera, canonical: CanonicalCamera, shape: tuple[int, int], zoomed: bool, random: np.random.Generator
) -> CanonicalView:
    """Choose a window that is shown at this shape (height, width).

    Its images have z times the canonical focal length. The network does not know z, and predicts depth Z / z for a
    depth of Z. The ``unit`` of the view has the factor z, so that the disparity for Z is ``unit / Z`` as usual.

    :param zoomed: whether the zoom is log-uniform in ``ZOOM``; else 1, or the smallest at which the window fits
    """
    fitting = max(
        shape[0] * camera.fy / (canonical.focal * camera.height),
        shape[1] * camera.fx / (canonical.focal * camera.width),
    )
    zoom = max(1.0, fitting)
    if zoomed:
        smallest = max(ZOOM[0], fitting)
        zoom = smallest * (max(ZOOM[1], SPREAD * smallest) / smallest) ** random.random()
    rows = _random_part(camera.height, shape[0] * camera.fy / (zoom * canonical.focal), random)
    columns = _random_part(camera.width, shape[1] * camera.fx / (zoom * canonical.focal), random)
    # The actual focal length after rounding to whole pixels.
    focal = camera.fx * shape[1] / (columns.stop - columns.start)
    return CanonicalView(camera, rows, columns, *shape, canonical.baseline * focal / canonical.width)


def scaled_windows(windows: tuple[tuple[int, int], ...], factor: float) -> tuple[tuple[int, int], ...]:
    """Return windows of the same field of view at another canonical focal length; no side becomes too small."""

    def side(length: int) -> int:
        return max(SMALLEST_WINDOW, round(length * factor))

    return tuple((side(height), side(width)) for height, width in windows)


def same_part(view: CanonicalView, camera: Camera) -> CanonicalView:
    """Return the view of the same part of the images of a similar camera, which may have another size."""
    return CanonicalView(
        camera,
        _scaled(view.rows, view.camera.height, camera.height),
        _scaled(view.columns, view.camera.width, camera.width),
        view.height,
        view.width,
        view.unit,
    )


def _random_part(size: int, length: float, random: np.random.Generator) -> slice:
    length = min(size, max(1, round(length)))
    start = int(random.integers(0, size - length + 1))
    return slice(start, start + length)


def _scaled(part: slice, size: int, other: int) -> slice:
    start = part.start * other // size
    return slice(start, max(start + 1, round(part.stop * other / size)))
