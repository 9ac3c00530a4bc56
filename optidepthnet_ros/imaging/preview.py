"""Depth as a picture."""

import cv2
import numpy as np

_WIDEST = 1000  # times the nearest colour's depth is the farthest's, at most: 0 m has no logarithm


def colour_depth(depth: np.ndarray, min_depth: float, max_depth: float) -> np.ndarray:
    """Colour by the logarithm of depth: near is red, far is blue, unknown is black.

    :param depth: (H, W) float32 metres; -Inf shows as the nearest, +Inf as the farthest colour
    :param min_depth: metres of the nearest colour
    :param max_depth: metres of the farthest colour
    :return: (H, W, 3) uint8 BGR
    """
    known = ~np.isnan(depth)
    min_depth = max(min_depth, max_depth / _WIDEST)
    near = np.clip(np.where(known, depth, max_depth), min_depth, max_depth)
    share = np.log(near / np.float32(max_depth)) / np.log(np.float32(min_depth / max_depth))
    picture = cv2.applyColorMap((share * 255).astype(np.uint8), cv2.COLORMAP_TURBO)
    picture[~known] = 0
    return picture
