# SPDX-License-Identifier: Apache-2.0
"""Maps are enlarged along the edges of the image."""

import cv2
import numpy as np
import pytest

from optidepthnet_ros.imaging.guided_upsampling import REACH, guided_upsampling

HEIGHT, WIDTH = 61, 83  # that the network sees; no multiples of 2
FACTOR = 4  # of the camera's resolution
STRIDES = (1, 2)


@pytest.fixture
def random():
    return np.random.default_rng(0)


def reduced(image):
    return cv2.resize(image, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA)


def answered(values, stride):
    """Return the network's answer: the last pixels reach beyond the image."""
    more = [-length % stride for length in values.shape]
    whole = cv2.copyMakeBorder(values, 0, more[0], 0, more[1], cv2.BORDER_REPLICATE)
    return cv2.resize(whole, None, fx=1 / stride, fy=1 / stride, interpolation=cv2.INTER_AREA)


def step(edge, left, right):
    row = np.where(np.arange(FACTOR * WIDTH) < edge, left, right).astype(np.float32)
    return row[None].repeat(FACTOR * HEIGHT, 0)


@pytest.mark.parametrize('stride', STRIDES)
def test_a_blurred_edge_becomes_as_sharp_as_that_of_the_image(stride):
    edge = 163  # within a pixel of the map
    image = step(edge, 0.2, 0.6)
    blurred = answered(cv2.blur(reduced(step(edge, 0.05, 0.01)), (3, 3)), stride)
    enlarged = guided_upsampling(blurred, reduced(image), image)
    jump = enlarged[:, edge - 1] - enlarged[:, edge]
    assert jump.min() > 0.6 * 0.04
    interpolated = cv2.resize(blurred, image.shape[::-1], interpolation=cv2.INTER_LINEAR)
    assert (interpolated[:, edge - 1] - interpolated[:, edge]).max() < 0.1 * 0.04


@pytest.mark.parametrize('stride', STRIDES)
def test_the_pattern_of_a_flat_surface_leaves_no_trace(random, stride):
    image = random.random((FACTOR * HEIGHT, FACTOR * WIDTH), np.float32)
    flat = answered(np.full((HEIGHT, WIDTH), 0.03, np.float32), stride)
    np.testing.assert_allclose(guided_upsampling(flat, reduced(image), image), 0.03, rtol=1e-5)


@pytest.mark.parametrize('stride', STRIDES)
def test_without_edges_in_the_image_a_slope_is_interpolated(stride):
    slope = np.linspace(0.01, 0.05, FACTOR * WIDTH, dtype=np.float32)[None].repeat(FACTOR * HEIGHT, 0)
    image = np.full(slope.shape, 0.4, np.float32)
    enlarged = guided_upsampling(answered(reduced(slope), stride), reduced(image), image)
    border = 3 * REACH * FACTOR
    np.testing.assert_allclose(enlarged[:, border:-border], slope[:, border:-border], rtol=2e-3)


@pytest.mark.parametrize('stride', STRIDES)
def test_every_value_is_between_values_of_the_map_nearby(random, stride):
    """Glare, which the smaller image has averaged away, must not invent something near or far."""
    values = answered(0.01 + 0.1 * random.random((HEIGHT, WIDTH), np.float32) ** 4, stride)
    image = random.random((FACTOR * HEIGHT, FACTOR * WIDTH), np.float32) ** 8
    enlarged = guided_upsampling(values, reduced(image), image)
    around = np.ones((4 * REACH // stride + 3,) * 2, np.uint8)  # one pixel more, because bounds are interpolated
    low, high = (
        extreme(values, around)
        .repeat(stride * FACTOR, 0)
        .repeat(stride * FACTOR, 1)[: image.shape[0], : image.shape[1]]
        for extreme in (cv2.erode, cv2.dilate)
    )
    assert (enlarged >= low * (1 - 1e-6)).all() and (enlarged <= high * (1 + 1e-6)).all()
