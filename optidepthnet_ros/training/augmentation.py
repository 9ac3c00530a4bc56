"""Varies stereo pairs as cameras and light vary: views that stay geometrically true, colours that change together."""

from dataclasses import dataclass, replace

import cv2
import numpy as np

TALLEST_ASPECT = 4 / 3
SMALLEST_ZOOM = 0.7
LARGEST_BLUR = 1.5  # pixels, standard deviation
LARGEST_NOISE = 0.03  # of the brightest value, standard deviation
FLIPS = 0.5  # share of the samples


@dataclass
class StereoSample:
    """One pair on its way to a batch: images uint8 or float32 (H, W), proxies (H, W) float32 as fractions of width."""

    left: np.ndarray
    right: np.ndarray
    left_proxy: np.ndarray
    right_proxy: np.ndarray


@dataclass(frozen=True)
class Variation:
    """With what probabilities a sample is varied, and how; half of the samples are mirrored besides.

    :param crop_probability: cut to another aspect and zoom; 0.5 taught a network to doubt the scale of scenes that it
        had never seen
    :param photometric_probability: of other gamma and brightness
    :param blur_probability: blurred and noisy
    :param depthmix_probability: of those that are not cut: what is nearer in another pair stands in it,
        see :func:`~.mixing.mixed`
    """

    crop_probability: float = 0.15
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


def random_window(width: int, height: int, random: np.random.Generator) -> tuple[int, int, int, int]:
    """Choose a window (x, y, width, height) of another aspect and zoom.

    A window of both views is again a rectified pair, of a camera with a narrower field of view:
    disparity in pixels stays, as a fraction of the new width it grows, as the canonical camera wants it.
    Aspects from 4:3 to the recording's own, so that the network meets the shapes of robots' cameras.
    """
    widest = width / height
    aspect = np.exp(random.uniform(np.log(min(TALLEST_ASPECT, widest)), np.log(widest)))
    zoom = random.uniform(SMALLEST_ZOOM, 1.0)
    window_width, window_height = round(height * aspect * zoom), round(height * zoom)
    return (
        int(random.integers(0, width - window_width + 1)),
        int(random.integers(0, height - window_height + 1)),
        window_width,
        window_height,
    )


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
