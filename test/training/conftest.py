# SPDX-License-Identifier: Apache-2.0
"""Small synthetic stereo scenes that trainings and checks share."""

import cv2
import numpy as np
import pytest
import yaml

DISPARITY, WIDTH, HEIGHT = 12, 320, 96


@pytest.fixture(scope='session')
def write_scene():
    """Return a function that writes a scene folder: textured walls, shifted left by disparity in the right view."""

    def write(folder, pairs, baseline, disparity=DISPARITY, focal=200.0):
        for index in range(pairs):
            noise = np.random.default_rng(index).integers(0, 256, (HEIGHT, WIDTH + disparity), np.uint8)
            wall = cv2.GaussianBlur(noise, (5, 5), 0)
            for side, image in (('left', wall[:, :WIDTH]), ('right', wall[:, disparity:])):
                (folder / side).mkdir(parents=True, exist_ok=True)
                cv2.imwrite(str(folder / side / f'{index:06d}.png'), image)
        for side, tx in (('left', 0.0), ('right', -focal * baseline)):
            (folder / f'{side}.yaml').write_text(
                yaml.safe_dump(
                    {
                        'image_width': WIDTH,
                        'image_height': HEIGHT,
                        'projection_matrix': {'data': [focal, 0, 160, tx, 0, focal, 48, 0, 0, 0, 1, 0]},
                    }
                )
            )

    return write
