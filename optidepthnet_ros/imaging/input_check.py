# SPDX-License-Identifier: Apache-2.0
"""Checks whether the camera sees anything at all.

A network predicts depth from any image, even of a lens cap. Three things are measured in the gray image at a width of
about 320 pixels: whether there is any structure, whether it is overexposed, and whether it is out of focus. For the
last one, its strongest edges are compared with those of the same image after another blur, which changes little if the
image was already blurred (the idea of Crété et al., *The blur effect*, HVEI 2007).
"""

from dataclasses import dataclass

import cv2
import numpy as np

from optidepthnet_ros.imaging.gray import to_gray
from optidepthnet_ros.imaging.levels import level_counts, median_level

_WIDTH = 320  # approximate width in pixels at which the image is measured
_NOISE, _BLUR = 1.0, 2.0  # standard deviations in pixels: of the blur against noise, and of the second blur
_WHITE = 250  # of 255
_EDGES = 99.9  # percentile of the gradients that stands for the strongest edges
# Measured thresholds, see docs/reliability.md.
LEAST_STRUCTURE = 1.3
MOST_WHITE = 0.6
MOST_BLUR = 0.87
_DARK, _BRIGHT = 40, 215  # an image without structure is called black below, or white above these medians


@dataclass(frozen=True)
class InputFigures:
    """The measurements of one image.

    :param structure: gradient of the strongest edges after both blurs, in gray levels per pixel
    :param white: share of saturated pixels
    :param blur: how little the second blur weakened the strongest edges, 0 to 1
    :param brightness: median, 0 to 255
    """

    structure: float
    white: float
    blur: float
    brightness: int

    @property
    def problem(self) -> str:
        """Why no depth can be predicted from the image, in two or three words; empty if no problem was found."""
        if self.structure < LEAST_STRUCTURE:
            return 'black' if self.brightness < _DARK else 'white' if self.brightness > _BRIGHT else 'nothing to see'
        if self.white > MOST_WHITE:
            return 'overexposed'
        return 'out of focus' if self.blur > MOST_BLUR else ''


def look_at(image: np.ndarray) -> InputFigures:
    """Measure an image.

    :param image: uint8 (H, W, 3) BGR or (H, W) gray
    """
    small = to_gray(_reduced(image))
    once = _blurred(small, _NOISE)
    sharp, blurred = _strongest(once), _strongest(_blurred(once, _BLUR))
    counts = level_counts(small)
    return InputFigures(
        blurred, float(counts[_WHITE:].sum()) / small.size, blurred / max(sharp, 1e-3), median_level(counts)
    )


def _reduced(image: np.ndarray) -> np.ndarray:
    factor = max(1, round(image.shape[1] / _WIDTH))
    size = max(1, image.shape[1] // factor), max(1, image.shape[0] // factor)
    return image if factor == 1 else cv2.resize(image, size, interpolation=cv2.INTER_AREA)


def _blurred(image: np.ndarray, deviation: float) -> np.ndarray:
    """Return a float32 image, blurred by a Gaussian; the same as ``cv2.GaussianBlur`` of the image as float32."""
    kernel = cv2.getGaussianKernel(2 * round(4 * deviation) + 1, deviation, cv2.CV_32F)
    return cv2.sepFilter2D(image, cv2.CV_32F, kernel, kernel)


def _strongest(image: np.ndarray) -> float:
    """Return the gradient that only the strongest edges exceed, in gray levels per pixel; 0: there is none."""
    if min(image.shape) < 2:
        return 0.0
    upper, lower = image[:-1:2], image[1::2]  # of every second row
    across, down = cv2.absdiff(upper[:, 1:], upper[:, :-1]), cv2.absdiff(lower[:, :-1], upper[:, :-1])
    gradients = cv2.max(across, down)[:, ::2].ravel()
    rank = int(len(gradients) * _EDGES / 100)
    return float(np.partition(gradients, rank)[rank])
