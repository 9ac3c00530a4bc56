# SPDX-License-Identifier: Apache-2.0
"""With the losses of the paper and no stereo matching, a network learns depths that are far from its initial ones."""

import cv2
import numpy as np
import pytest
import torch
import yaml
from trainings import Training

from optidepthnet_ros.checkpoints.checkpoint import Checkpoint
from optidepthnet_ros.imaging.appearance import appearance_error
from optidepthnet_ros.imaging.view_synthesis import warp_left_from_right
from optidepthnet_ros.network.optidepthnet import build_network
from optidepthnet_ros.recordings.folder import folder_scenes

SIZE = 128
ROWS = np.linspace(0.07, 0.11, SIZE)  # disparity of ground that comes nearer towards the bottom, as fractions of width
BOX = 0.14  # nearer than all of the ground; untrained networks give 0.036 everywhere
ALL = np.mgrid[:SIZE, :SIZE].astype(np.float32)


def texture(random):
    """Return (SIZE, 2 * SIZE), with features so large that the full disparity can be found at the coarsest scale."""
    return sum(
        cv2.resize(
            random.normal(size=(SIZE // s + 2, 2 * SIZE // s + 2)), (2 * SIZE, SIZE), interpolation=cv2.INTER_CUBIC
        )
        for s in (8, 16, 32)
    ).astype(np.float32)


def render(ground, box, corner, right):
    """Return a view, and its disparity as fractions of width; each pixel of the right view is shifted by its own."""
    y, x = ALL
    ground_x, box_x = x + right * SIZE * ROWS[:, np.newaxis], x + right * SIZE * BOX
    covered = (abs(box_x - corner[0] - 16) < 16) & (abs(y - corner[1] - 16) < 16)
    ground, box = (
        cv2.remap(picture, columns.astype(np.float32), y, cv2.INTER_CUBIC)
        for picture, columns in ((ground, ground_x), (box, box_x))
    )
    return np.where(covered, box, ground), np.where(covered, BOX, ROWS[:, np.newaxis])


@pytest.fixture
def scene(tmp_path):
    """Write twenty pairs; return their folder and the left disparities (20, 1, SIZE, SIZE)."""
    disparities = []
    for index in range(20):
        random = np.random.default_rng(index)
        surfaces, corner = (texture(random), texture(random)), random.integers((35, 20), (90, 80))
        left, disparity = render(*surfaces, corner, right=False)
        disparities.append(disparity)
        for side, view in (('left', left), ('right', render(*surfaces, corner, right=True)[0])):
            (tmp_path / 'box' / side).mkdir(parents=True, exist_ok=True)
            cv2.imwrite(str(tmp_path / 'box' / side / f'{index:06d}.png'), (view * 30 + 128).clip(0, 255))
    for side, tx in (('left', 0.0), ('right', -100 * 0.2)):
        (tmp_path / 'box' / f'{side}.yaml').write_text(
            yaml.safe_dump(
                {
                    'image_width': SIZE,
                    'image_height': SIZE,
                    'projection_matrix': {'data': [100.0, 0, 64, tx, 0, 100.0, 64, 0, 0, 0, 1, 0]},
                }
            )
        )
    return folder_scenes(tmp_path), torch.from_numpy(np.stack(disparities)[:, np.newaxis]).float()


def measure(network, scene, truth):
    """Return the mean appearance error of the rebuilt left views, and the median factor by which disparity is off."""
    views = [scene.read(index) for index in range(len(scene))]
    left, right = (torch.from_numpy(np.stack(side)[:, np.newaxis]).float() / 255 for side in zip(*views))
    with torch.inference_mode():
        disparity = network.eval()(left.expand(-1, 3, -1, -1))[0][:, :1]
    return (
        appearance_error(warp_left_from_right(right, disparity), left).mean().item(),
        (disparity / truth).log().abs().median().exp().item(),
    )


@pytest.mark.long
def test_a_few_steps_halve_the_appearance_error_and_find_the_depth(scene, tmp_path):
    scenes, truth = scene
    # Without batch normalisation, as in the paper: running statistics lag behind after so few steps.
    before = measure(build_network('dnano', norm='none'), *scenes, truth)
    with Training(
        *('--data', tmp_path, '--output', tmp_path / 'run', '--licence', 'test', '--recipe', 'paper'),
        *('--network', 'dnano', '--windows', f'{SIZE}x{SIZE}', '--canonical-focal', 100, '--canonical-width', SIZE),
        *('--baseline', 0.2, '--steps', 15, '--batch-size', 4, '--learning-rate', 4e-3, '--validate-every', 15),
        *('--workers', 0, '--precision', '32-true'),
    ) as training:
        training.finish()
    after = measure(Checkpoint.load(tmp_path / 'run' / 'last.safetensors').build(), *scenes, truth)
    assert after[0] < 0.5 * before[0]
    assert after[1] < 1.3 < 2 < before[1]
