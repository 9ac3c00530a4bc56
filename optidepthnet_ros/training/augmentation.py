# SPDX-License-Identifier: Apache-2.0
"""Varies frames as cameras and light vary: geometry stays correct, and both images of a pair change together."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import cv2
import numpy as np

LARGEST_BLUR = 1.5  # pixels, standard deviation
LARGEST_NOISE = 0.03  # of the brightest value, standard deviation
FLIPS = 0.5  # share of the samples


@dataclass
class Sample:
    """One frame on its way to a batch: a stereo pair, an image with depth, or both.

    Images are uint8 or float32, (H, W) or (H, W, 3). Depth is inverse, (H, W) float32 in 1/m: NaN where nothing is
    known, 0 in the sky.

    :param left: the left image, or the image of a single camera
    :param right: the right image; like both proxies, which come from stereo matching, None for a single camera
    :param known: depth that was recorded with the left image, None if there is none
    :param source: source of the known depth, as in :class:`~.recordings.depth_scene.DepthScene`
    """

    left: np.ndarray
    right: np.ndarray | None = None
    left_proxy: np.ndarray | None = None
    right_proxy: np.ndarray | None = None
    known: np.ndarray | None = None
    source: str = ''

    def with_images(self, change: Callable[[np.ndarray], np.ndarray]) -> 'Sample':
        """Return the sample with the same change to all its images."""
        return replace(self, left=change(self.left), right=None if self.right is None else change(self.right))


@dataclass(frozen=True)
class Variation:
    """Probabilities that a sample is varied, by kind of variation; half of the samples are also mirrored.

    :param zoom_probability: shown larger or smaller than at the canonical focal length, see :mod:`~.views`
    :param photometric_probability: with changed gamma and brightness
    :param blur_probability: with blur and noise
    :param depthmix_probability: with nearer objects from another pair, see :func:`~.mixing.mixed`
    """

    zoom_probability: float = 0.0
    photometric_probability: float = 0.0
    blur_probability: float = 0.0
    depthmix_probability: float = 0.0


def varied(sample: Sample, variation: Variation, random: np.random.Generator) -> Sample:
    """Vary a sample that is already cut."""
    if random.random() < FLIPS:
        sample = flipped(sample)
    if random.random() < variation.photometric_probability:
        sample = shaded(sample, random)
    if random.random() < variation.blur_probability:
        sample = blurred(sample, random)
    return sample


def flipped(sample: Sample) -> Sample:
    """Mirror the scene: the flipped right view becomes the left one, for which no depth was recorded."""
    if sample.right is None:
        known = None if sample.known is None else sample.known[:, ::-1]
        return replace(sample, left=sample.left[:, ::-1], known=known)
    assert sample.left_proxy is not None and sample.right_proxy is not None
    return Sample(sample.right[:, ::-1], sample.left[:, ::-1], sample.right_proxy[:, ::-1], sample.left_proxy[:, ::-1])


def shaded(sample: Sample, random: np.random.Generator) -> Sample:
    """Change gamma (0.8 to 1.2) and brightness (0.5 to 2) of float images equally in both views (Godard, section 4)."""
    gamma, brightness = random.uniform(0.8, 1.2), np.exp(random.uniform(np.log(0.5), np.log(2.0)))
    return sample.with_images(lambda image: np.minimum(image**gamma * brightness, 1).astype(np.float32))


def blurred(sample: Sample, random: np.random.Generator) -> Sample:
    """Blur float images, equally in both views, up to ``LARGEST_BLUR``, and add noise, up to ``LARGEST_NOISE``."""
    blur, noise = random.uniform(0.3, LARGEST_BLUR), random.uniform(0, LARGEST_NOISE)
    return sample.with_images(
        lambda image: np.clip(
            cv2.GaussianBlur(image, (0, 0), blur) + noise * random.standard_normal(image.shape, np.float32), 0, 1
        )
    )
