"""Varies stereo pairs as cameras and light vary: views that stay geometrically true, colours that change together."""

from dataclasses import dataclass, replace

import numpy as np

TALLEST_ASPECT = 4 / 3
SMALLEST_ZOOM = 0.7
# Windows half the time taught the network to doubt the scale of scenes that it had never seen.
WHOLE_SHARE = 0.85


@dataclass
class StereoSample:
    """One pair on its way to a batch: images uint8 or float32 (H, W), proxies (H, W) float32 as fractions of width."""

    left: np.ndarray
    right: np.ndarray
    left_proxy: np.ndarray
    right_proxy: np.ndarray


def random_window(width: int, height: int, random: np.random.Generator) -> tuple[int, int, int, int]:
    """Choose a window (x, y, width, height): as a rule all, else of another aspect and zoom.

    A window of both views is again a rectified pair, of a camera with a narrower field of view:
    disparity in pixels stays, as a fraction of the new width it grows, as the canonical camera wants it.
    Aspects from 4:3 to the recording's own, so that the network meets the shapes of robots' cameras.
    """
    if random.random() < WHOLE_SHARE:
        return 0, 0, width, height
    widest = width / height
    aspect = np.exp(random.uniform(np.log(min(TALLEST_ASPECT, widest)), np.log(widest)))
    zoom = random.uniform(SMALLEST_ZOOM, 1.0)
    window_width, window_height = round(height * aspect * zoom), round(height * zoom)
    return (int(random.integers(0, width - window_width + 1)), int(random.integers(0, height - window_height + 1)),
            window_width, window_height)


def flipped(sample: StereoSample) -> StereoSample:
    """Mirror the scene: the flipped right view is the new left one."""
    return StereoSample(*(array[:, ::-1] for array in
                          (sample.right, sample.left, sample.right_proxy, sample.left_proxy)))


def shaded(sample: StereoSample, random: np.random.Generator) -> StereoSample:
    """Change gamma (0.8 to 1.2) and brightness (0.5 to 2) of float images alike in both views (Godard, section 4)."""
    gamma, brightness = random.uniform(0.8, 1.2), np.exp(random.uniform(np.log(0.5), np.log(2.0)))
    left, right = (np.minimum(image ** gamma * brightness, 1).astype(np.float32)
                   for image in (sample.left, sample.right))
    return replace(sample, left=left, right=right)
