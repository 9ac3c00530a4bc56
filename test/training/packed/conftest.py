# SPDX-License-Identifier: Apache-2.0
"""Packed samples that tests share: pictures whose brightness encodes the depth, so that both must stay together."""

import cv2
import numpy as np
import pytest
import torch

from optidepthnet_ros.training.packed.archive import Label, PackWriter
from optidepthnet_ros.training.packed.store import SampleStore

FOCAL = 200.0


def picture(width=200, height=150, seed=0):
    """Return a smooth gray picture and the inverse depth that belongs to it: gray / 200 in 1/m."""
    noise = np.random.default_rng(seed).integers(40, 250, (height // 25, width // 25), np.uint8)
    gray = cv2.resize(noise, (width, height), interpolation=cv2.INTER_CUBIC)
    return gray, gray.astype(np.float32) / 200


@pytest.fixture(scope='session')
def packed(tmp_path_factory):
    """Two folders: gray samples of two sizes with one label, a colour sample with two."""
    folder = tmp_path_factory.mktemp('packed')
    with PackWriter(folder / 'gray') as writer:
        for index, size in enumerate([(400, 130), (200, 150), (200, 150)]):
            gray, inverse = picture(*size, seed=index)
            writer.add(f'scene{index // 2}', gray, FOCAL, [Label('rendered', 'fine', inverse)])
    with PackWriter(folder / 'colour') as writer:
        gray, inverse = picture(seed=9)
        unknown = inverse[::2, ::2].copy()
        unknown[:10], unknown[10:20] = np.nan, 0
        labels = [Label('measured', 'fine', unknown), Label('teacher', 'coarse', inverse)]
        writer.add('room', cv2.merge([gray // 2, gray, gray]), FOCAL, labels)
    return [folder / 'gray', folder / 'colour']


@pytest.fixture(scope='session')
def store(packed):
    return SampleStore(packed, torch.device('cpu'))
