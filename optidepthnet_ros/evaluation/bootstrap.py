# SPDX-License-Identifier: Apache-2.0
"""How far a mean over few images can be trusted: percentile bootstrap, Efron and Tibshirani, 1993, chapter 13.

Images are repeatedly drawn with replacement; the interval covers 95 % of the means. It shows how the table would
change with other images of the same kind. Neighbouring frames of one drive are nearly the same image, which makes the
interval too narrow; below about twenty images it is also a little too narrow. Drawing blocks of neighbours together
helps (circular block bootstrap, Politis and Romano, 1992).
"""

import numpy as np

LEVEL = 0.95


def draw_weights(images: int, samples: int, seed: int, block: int = 1) -> np.ndarray:
    """Return how often each image is in each resampling, as shares: (samples, images), rows sum to 1.

    Two systems that are evaluated with the same weights are compared on the same images (a paired bootstrap).

    :param block: how many consecutive images are drawn together; after the last comes the first
    """
    random = np.random.default_rng(seed)
    if block == 1:
        return random.multinomial(images, np.full(images, 1 / images), size=samples) / images
    starts = random.integers(images, size=(samples, -(-images // block), 1))
    drawn = (starts + np.arange(block)).reshape(samples, -1)[:, :images] % images
    return np.stack([np.bincount(row, minlength=images) for row in drawn]) / images


def interval(values: np.ndarray, weights: np.ndarray) -> tuple[float, float]:
    """Return the interval of the mean of (images,) values."""
    low, high = np.quantile(weights @ values, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)
