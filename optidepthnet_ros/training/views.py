# SPDX-License-Identifier: Apache-2.0
"""Which part of a recording's images a sample shows, and at which zoom: one shape a batch, anywhere in the image."""

import numpy as np

from optidepthnet_ros.geometry.camera import Camera
from optidepthnet_ros.geometry.canonical import CanonicalCamera, CanonicalView

# Height and width: most of a road camera's picture, a 4:3 camera's whole one, and others; odd ones among them. Few,
# because cuDNN plans every layer for every shape at its first use, 10 to 25 s a shape on an H100.
SHAPES = ((112, 377), (217, 288), (168, 265), (87, 303))
SMALLEST_WINDOW = 64  # pixels either way, of what is trained on
ZOOM = (0.75, 1.3)  # smallest and largest where the window fits into the image; raised until it does
SPREAD = 1.1  # of the largest zoom over the smallest, at least


def random_view(
    camera: Camera, canonical: CanonicalCamera, shape: tuple[int, int], zoomed: bool, random: np.random.Generator
) -> CanonicalView:
    """Choose a window that is shown at this shape (height, width).

    Its images have z times the canonical focal length, and the network, which does not know, says of what is Z away
    that it is Z / z away: the view's ``unit`` has the factor z, so that its disparity of Z is ``unit / Z`` as ever.

    :param zoomed: log-uniform in ``ZOOM``; else 1, or the smallest that the window fits at
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
    # The focal length that rounding to whole pixels has left.
    focal = camera.fx * shape[1] / (columns.stop - columns.start)
    return CanonicalView(camera, rows, columns, *shape, canonical.baseline * focal / canonical.width)


def same_part(view: CanonicalView, camera: Camera) -> CanonicalView:
    """Return the view of the same part of the images of an alike camera, which may have another size."""
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
