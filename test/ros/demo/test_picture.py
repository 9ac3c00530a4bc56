# SPDX-License-Identifier: Apache-2.0
"""The demonstration's picture."""

import cv2
import numpy as np
import pytest

from optidepthnet_ros.geometry.camera import Camera
from optidepthnet_ros.ros.demo.picture import draw_picture

CAMERA = Camera(64, 20, 37.0, 37.0, 32.0, 10.0)
PLANE = np.full((20, 64), 8, np.float32)


@pytest.mark.parametrize('depth', [PLANE, np.full_like(PLANE, np.nan), np.full_like(PLANE, np.inf)])
def test_is_drawn_for_any_depth(tmp_path, depth):
    draw_picture(tmp_path / 'depth.png', np.zeros((20, 64, 3), np.uint8), depth, CAMERA)
    assert cv2.imread(str(tmp_path / 'depth.png')).shape[0] > 500


def test_shows_the_image_and_its_cloud_in_true_colours(tmp_path):
    orange = (0, 128, 255)  # BGR
    draw_picture(tmp_path / 'depth.png', np.full((20, 64, 3), orange, np.uint8), PLANE, CAMERA)
    picture = cv2.imread(str(tmp_path / 'depth.png'))
    middle = int(picture.shape[1] * 2.5 / 3.5)  # between the image and the view from above
    for half in (picture[:, :middle], picture[:, middle:]):
        assert (half == orange).all(axis=-1).any()
