"""How far a mean over few images can be trusted: percentile bootstrap, Efron and Tibshirani, 1993, chapter 13.

Images are drawn with replacement, again and again; the interval covers 95 % of the means. It says how the table
would change with other images of the same kind. Neighbouring frames of one drive are nearly the same image: with
them the interval is too narrow, as it is, a little, below twenty images or so.
"""

import numpy as np

LEVEL = 0.95


def draw_weights(images: int, samples: int, seed: int) -> np.ndarray:
    """Return how often each image is in each resampling, as shares: (samples, images), rows sum to 1.

    Two systems that are measured with the same weights are compared on the same images (a paired bootstrap).
    """
    counts = np.random.default_rng(seed).multinomial(images, np.full(images, 1 / images), size=samples)
    return counts / images


def interval(values: np.ndarray, weights: np.ndarray) -> tuple[float, float]:
    """Return the interval of the mean of (images,) values."""
    low, high = np.quantile(weights @ values, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)
