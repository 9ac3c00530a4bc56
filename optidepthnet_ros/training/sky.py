"""Finds the sky of road scenes, where stereo matching has nothing to hold on to and so says nothing."""

import cv2
import numpy as np

SMOOTHING = 1.5  # pixels; finer texture is noise
MAX_SLOPE = 2.5  # grey values per pixel
MIN_BRIGHTNESS = 1.1  # over the image's median
MAX_MATCH = 2.0  # pixels of disparity: a surer match is a surface
SMALLEST_PART = 5  # pixels across


def find_sky(image: np.ndarray, disparity: np.ndarray) -> np.ndarray:
    """Take what is bright, smooth, unmatched and reaches the top edge for sky: true of daylight outdoors, not indoors.

    :param image: uint8 (H, W), gray
    :param disparity: (H, W) pixels, NaN where matching failed
    :return: bool (H, W)
    """
    smooth = cv2.GaussianBlur(image.astype(np.float32), (0, 0), SMOOTHING)
    slopes = (cv2.Sobel(smooth, cv2.CV_32F, *direction, scale=1 / 8) for direction in ((1, 0), (0, 1)))
    candidates = ((cv2.magnitude(*slopes) < MAX_SLOPE) & (smooth > MIN_BRIGHTNESS * np.median(smooth))
                  & ~(disparity > MAX_MATCH))
    whole = cv2.morphologyEx(candidates.astype(np.uint8), cv2.MORPH_OPEN, np.ones((SMALLEST_PART,) * 2, np.uint8))
    _, parts = cv2.connectedComponents(whole, connectivity=4)
    return np.isin(parts, np.setdiff1d(parts[0], 0))
