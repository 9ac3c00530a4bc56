# SPDX-License-Identifier: Apache-2.0
"""Maps are enlarged along the edges of the image."""

import cv2
import numpy as np
import pytest

from optidepthnet_ros.imaging.guided_upsampling import RADIUS, guided_upsampling

HEIGHT, WIDTH, FACTOR = 60, 80, 4


@pytest.fixture
def random():
    return np.random.default_rng(0)


def reduced(image):
    return cv2.resize(image, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA)


def step(size, edge, left, right):
    height, width = size
    return np.where(np.arange(width) < edge, left, right).astype(np.float32)[None].repeat(height, 0)


def test_a_blurred_edge_becomes_as_sharp_as_that_of_the_image():
    edge = 163  # not a whole pixel of the map
    image = step((FACTOR * HEIGHT, FACTOR * WIDTH), edge, 0.2, 0.6)
    blurred = cv2.blur(reduced(step(image.shape, edge, 0.05, 0.01)), (5, 5))
    enlarged = guided_upsampling(blurred, reduced(image), image)
    jump = enlarged[:, edge - 1] - enlarged[:, edge]
    assert jump.min() > 0.6 * 0.04
    interpolated = cv2.resize(blurred, image.shape[::-1], interpolation=cv2.INTER_LINEAR)
    assert (interpolated[:, edge - 1] - interpolated[:, edge]).max() < 0.1 * 0.04


def test_the_pattern_of_a_flat_surface_leaves_no_trace(random):
    image = random.random((FACTOR * HEIGHT, FACTOR * WIDTH), np.float32)
    flat = np.full((HEIGHT, WIDTH), 0.03, np.float32)
    np.testing.assert_allclose(guided_upsampling(flat, reduced(image), image), 0.03, rtol=1e-5)


def test_without_edges_in_the_image_a_slope_is_interpolated():
    slope = np.linspace(0.01, 0.05, WIDTH, dtype=np.float32)[None].repeat(HEIGHT, 0)
    image = np.full((FACTOR * HEIGHT, FACTOR * WIDTH), 0.4, np.float32)
    enlarged = guided_upsampling(slope, reduced(image), image)
    border = (2 * RADIUS + 1) * FACTOR
    expected = cv2.resize(slope, image.shape[::-1], interpolation=cv2.INTER_LINEAR)
    np.testing.assert_allclose(enlarged[:, border:-border], expected[:, border:-border], rtol=1e-4)


def test_every_value_is_between_values_of_the_map_nearby(random):
    """Glare, which the smaller image has averaged away, must not invent something near or far."""
    values = 0.01 + 0.1 * random.random((HEIGHT, WIDTH), np.float32) ** 4
    image = random.random((FACTOR * HEIGHT, FACTOR * WIDTH), np.float32) ** 8
    enlarged = guided_upsampling(values, reduced(image), image)
    around = np.ones((4 * RADIUS + 3,) * 2, np.uint8)  # one pixel more, because bounds are interpolated
    low, high = (extreme(values, around).repeat(FACTOR, 0).repeat(FACTOR, 1) for extreme in (cv2.erode, cv2.dilate))
    assert (enlarged >= low * (1 - 1e-6)).all() and (enlarged <= high * (1 + 1e-6)).all()
