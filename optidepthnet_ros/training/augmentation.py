"""Varies stereo pairs as cameras and light vary: views that stay geometrically true, colours that change together."""

from dataclasses import dataclass, replace

import cv2
import numpy as np

LARGEST_BLUR = 1.5  # pixels, standard deviation
LARGEST_NOISE = 0.03  # of the brightest value, standard deviation
FLIPS = 0.5  # share of the samples


@dataclass
class StereoSample:
    """One pair on its way to a batch: images uint8 or float32 (H, W), proxies (H, W) float32, inverse depth in 1/m.

    Proxies are NaN where nothing is known and 0 in the sky.
    """

    left: np.ndarray
    right: np.ndarray
    left_proxy: np.ndarray
    right_proxy: np.ndarray


@dataclass(frozen=True)
class Variation:
    """With what probabilities a sample is varied, and how; half of the samples are mirrored besides.

    :param zoom_probability: shown larger or smaller than the canonical focal length has it, see :mod:`~.views`
    :param photometric_probability: of other gamma and brightness
    :param blur_probability: blurred and noisy
    :param depthmix_probability: what is nearer in another pair stands in it, see :func:`~.mixing.mixed`
    """

    zoom_probability: float = 1.0
    photometric_probability: float = 0.5
    blur_probability: float = 0.0
    depthmix_probability: float = 0.0


def varied(sample: StereoSample, variation: Variation, random: np.random.Generator) -> StereoSample:
    """Vary a sample that is cut already."""
    if random.random() < FLIPS:
        sample = flipped(sample)
    if random.random() < variation.photometric_probability:
        sample = shaded(sample, random)
    if random.random() < variation.blur_probability:
        sample = blurred(sample, random)
    return sample


def flipped(sample: StereoSample) -> StereoSample:
    """Mirror the scene: the flipped right view is the new left one."""
    return StereoSample(
        *(array[:, ::-1] for array in (sample.right, sample.left, sample.right_proxy, sample.left_proxy))
    )


def shaded(sample: StereoSample, random: np.random.Generator) -> StereoSample:
    """Change gamma (0.8 to 1.2) and brightness (0.5 to 2) of float images alike in both views (Godard, section 4)."""
    gamma, brightness = random.uniform(0.8, 1.2), np.exp(random.uniform(np.log(0.5), np.log(2.0)))
    left, right = (np.minimum(image**gamma * brightness, 1).astype(np.float32) for image in (sample.left, sample.right))
    return replace(sample, left=left, right=right)


def blurred(sample: StereoSample, random: np.random.Generator) -> StereoSample:
    """Blur float images alike in both views, up to ``LARGEST_BLUR``, and add noise, up to ``LARGEST_NOISE``."""
    blur, noise = random.uniform(0.3, LARGEST_BLUR), random.uniform(0, LARGEST_NOISE)
    left, right = (
        np.clip(cv2.GaussianBlur(image, (0, 0), blur) + noise * random.standard_normal(image.shape, np.float32), 0, 1)
        for image in (sample.left, sample.right)
    )
    return replace(sample, left=left, right=right)
