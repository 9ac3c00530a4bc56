"""The sky is told from what could hold a stereo match, and from what lies below it."""

import numpy as np

from optidepthnet_ros.training.sky import find_sky


def test_only_the_bright_unmatched_area_at_the_top_edge_is_sky():
    image = np.full((60, 80), 60, np.uint8)  # trees and road
    image[:20] = 220  # sky
    image[:20, 30:50] = np.random.default_rng(0).integers(100, 255, (20, 20))  # a bright, textured house
    image[40:50, 20:60] = 220  # a white car
    disparity = np.full(image.shape, np.nan, np.float32)
    disparity[:20, 60:] = 10  # a white wall that matches
    sky = find_sky(image, disparity)
    assert sky[:14, :24].all()
    assert not sky[22:].any() and not sky[:, 62:].any() and not sky[:, 34:46].any()
