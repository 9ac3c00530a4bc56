"""The network sees the trained field of view; what lies outside stays unknown."""

import math
from dataclasses import replace

import numpy as np
import pytest

from optidepthnet_ros.geometry.camera import Camera
from optidepthnet_ros.inference.view import View


@pytest.fixture
def trained(untrained_checkpoint):
    return replace(untrained_checkpoint.provenance, horizontal_fov=(40.0, 60.0), vertical_fov=(30.0, 50.0))


def camera(width, height, horizontal, vertical):
    """A centred camera with these angles in degrees."""
    return Camera(
        width,
        height,
        width / 2 / math.tan(math.radians(horizontal) / 2),
        height / 2 / math.tan(math.radians(vertical) / 2),
        (width - 1) / 2,
        (height - 1) / 2,
    )


def test_a_view_within_the_trained_one_is_the_whole_image(trained):
    live = camera(640, 480, 55, 45)
    view = View.of(live, trained)
    assert view.is_whole_image and view.camera == live


@pytest.mark.parametrize(
    'horizontal, vertical, expected', [(90, 40, (60, 40)), (50, 80, (50, 50)), (20, 40, (40, 40)), (100, 10, (60, 30))]
)
def test_a_view_beyond_is_cut_or_padded_to_the_trained_angles(trained, horizontal, vertical, expected):
    view = View.of(camera(640, 480, horizontal, vertical), trained)
    angles = math.degrees(view.camera.horizontal_fov), math.degrees(view.camera.vertical_fov)
    assert angles == pytest.approx(expected, abs=0.3)


@pytest.mark.parametrize('horizontal, vertical', [(90, 70), (30, 20), (90, 20), (30, 70)])
def test_pasting_puts_back_what_was_cut_and_nothing_else(trained, horizontal, vertical):
    view = View.of(camera(65, 49, horizontal, vertical), trained)
    image = np.arange(65 * 49, dtype=np.float32).reshape(49, 65)
    cut = view.cut(image)
    assert cut.shape == (view.height, view.width)
    whole = view.paste(cut)
    inside = ~np.isnan(whole)
    assert inside.any() and np.array_equal(whole[inside], image[inside])
    assert np.count_nonzero(inside) == min(view.width, 65) * min(view.height, 49)
