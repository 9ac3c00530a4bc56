# SPDX-License-Identifier: Apache-2.0
"""Packed samples in memory."""

import torch
from torch.nn.functional import avg_pool2d

from optidepthnet_ros.training.packed.store import SampleStore


def test_images_are_reduced_to_the_given_focal_length_and_labels_stay(packed, store):
    reduced = SampleStore(packed, torch.device('cpu'), focal=100.0)
    assert reduced.focal.tolist() == [100.0] * 4 == [sample.focal for sample in reduced.samples]
    assert reduced.image_layout[:, 1:3].tolist() == [[65, 200], *[[75, 100]] * 3]
    assert reduced.image_layout[:, 3].tolist() == store.image_layout[:, 3].tolist()
    assert torch.equal(reduced.codes, store.codes)
    (offset, height, width, _), (other, *half, _) = store.image_layout[1].tolist(), reduced.image_layout[1].tolist()
    whole = store.pixels[offset : offset + height * width].view(1, 1, height, width).float()
    image = reduced.pixels[other : other + half[0] * half[1]].view(1, 1, *half).float()
    assert torch.allclose(image, avg_pool2d(whole, 2), atol=0.5)


def test_a_longer_focal_length_changes_nothing(packed, store):
    same = SampleStore(packed, torch.device('cpu'), focal=200.0)
    assert torch.equal(same.pixels, store.pixels) and torch.equal(same.focal, store.focal)
