# SPDX-License-Identifier: Apache-2.0
"""Finds the sky, where nothing can be matched: stereo matching smears foreground objects into it."""

import cv2
import numpy as np

SMOOTHING = 1.5  # pixels; finer texture is noise
MAX_SLOPE = 2.5  # grey values per pixel
MIN_BRIGHTNESS = 1.1  # relative to the image's median
SMALLEST_PART = 5  # pixels across
RIM = 4  # pixels: how far the matching block and the smoothing reach into the sky
MATCH = 2.0  # pixels of disparity; a larger one means that something is near
SURE_SKY, SURE_SURFACE = 0.3, 0.8  # matched share of an area: it is sky below, a surface above
SATURATED = 245  # mean grey value from which on no match can be right
SAME, CONFIRMED = 1.25, 0.5  # ratio of depths that still agree; from this agreeing share on, an area is a surface
FAR, FAR_MEDIAN = 14.0, 20.0  # metres: a network places the pixels of a sky farther than this, their median than that


def mask_sky(image: np.ndarray, disparity: np.ndarray, *, label: bool) -> np.ndarray:
    """Remove matches in bright, smooth areas at the top edge, where semi-global matching guesses.

    In real drives 10 to 90 % of the sky was matched, to trees, poles and roofs beside it. Walls that reach the top edge
    look similar: they keep their matches if nearly all of their pixels are matched, and otherwise become unknown.

    :param image: uint8 (H, W), gray
    :param disparity: (H, W) pixels, NaN where matching failed
    :param label: whether areas with few matches are sky: true for daylight outdoors, not indoors
    :return: (H, W) float32, NaN where unknown, 0 in the sky that is labelled
    """
    smooth = cv2.GaussianBlur(image.astype(np.float32), (0, 0), SMOOTHING)
    brightness = MIN_BRIGHTNESS * np.median(smooth)
    mended = disparity.astype(np.float32)
    for area in _areas_at_the_top(smooth, brightness):
        matched = np.mean(disparity[area] > MATCH)
        if matched > SURE_SURFACE and image[area].mean() < SATURATED:
            continue
        rim = cv2.dilate(area.astype(np.uint8), np.ones((2 * RIM + 1,) * 2, np.uint8)) > 0
        mended[rim & (image > brightness)] = np.nan
        if label and matched < SURE_SKY:
            mended[area] = 0
    return mended


def find_sky(image: np.ndarray, depth: np.ndarray, horizon: float, known: np.ndarray) -> np.ndarray:
    """Find the sky in a picture taken outdoors by daylight, whose depth a network has estimated.

    Networks trained on lidar or stereo matching place the sky at about 20 to 50 m, because they were not taught
    otherwise, but they distinguish it from a white wall. A distant wall is recognised by other depth that agrees.

    :param image: uint8 (H, W), gray
    :param depth: (H, W) metres, by the network
    :param horizon: the row below which there is no sky
    :param known: (H, W) metres, from any other source; NaN unknown
    :return: (H, W) bool
    """
    smooth = cv2.GaussianBlur(image.astype(np.float32), (0, 0), SMOOTHING)
    allowed = (depth > FAR) & (np.arange(len(image)) < horizon)[:, None]
    agrees = np.maximum(depth / known, known / depth) < SAME
    # If the sky fills more than half of the picture, the median of the picture is that of the sky.
    brightness = MIN_BRIGHTNESS * min(np.median(smooth), np.median(smooth[np.clip(int(horizon), 0, len(image) - 1) :]))
    sky = np.zeros(image.shape, bool)
    for area in _areas_at_the_top(smooth, brightness, allowed):
        if np.median(depth[area]) > FAR_MEDIAN and agrees[area].mean() < CONFIRMED:
            sky |= area
    return sky


def _areas_at_the_top(smooth: np.ndarray, brightness: float, allowed: np.ndarray | bool = True) -> list[np.ndarray]:
    """Return masks of the bright, smooth areas that reach the top edge."""
    slopes = (cv2.Sobel(smooth, cv2.CV_32F, *direction, scale=1 / 8) for direction in ((1, 0), (0, 1)))
    candidates = (cv2.magnitude(*slopes) < MAX_SLOPE) & (smooth > brightness) & allowed
    whole = cv2.morphologyEx(candidates.astype(np.uint8), cv2.MORPH_OPEN, np.ones((SMALLEST_PART,) * 2, np.uint8))
    _, parts = cv2.connectedComponents(whole, connectivity=4)
    return [parts == part for part in np.setdiff1d(parts[0], 0)]
