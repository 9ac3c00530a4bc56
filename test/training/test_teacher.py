# SPDX-License-Identifier: Apache-2.0
"""A teacher's disparities are converted to the student's rig and size, and its weights do not change."""

from dataclasses import replace

import pytest
import torch

from optidepthnet_ros.checkpoints.checkpoint import Checkpoint
from optidepthnet_ros.network.forms import fold
from optidepthnet_ros.training.error import TrainingError
from optidepthnet_ros.training.teacher import Teacher


@pytest.fixture(scope='module')
def image():
    return torch.rand(2, 1, 128, 256, generator=torch.Generator().manual_seed(0))


def test_disparities_are_converted_to_the_students_canonical_camera(untrained_checkpoint, image):
    """At the same depth, twice the baseline gives twice the disparity, and twice the width half of it as a fraction."""
    student = replace(untrained_checkpoint.provenance, baseline=0.72, canonical_width=1280.0)
    expected = fold(untrained_checkpoint.build())(image.expand(-1, 3, -1, -1))[0] * 3 / 2
    taught = Teacher(untrained_checkpoint, student).predict(image)
    torch.testing.assert_close(taught, expected)
    assert not taught.requires_grad


def test_a_teacher_of_another_focal_length_has_resized_input_and_output(untrained_checkpoint, image):
    """The student sees at twice the focal length, and gets the depth that the teacher estimates at half of that."""
    student = replace(untrained_checkpoint.provenance, canonical_focal=480.0)
    large = torch.nn.functional.interpolate(image, (256, 512), mode='bilinear')
    taught = Teacher(untrained_checkpoint, student).predict(large)
    assert taught.shape == (2, 2, 256, 512)
    plain = Teacher(untrained_checkpoint, untrained_checkpoint.provenance).predict(image)
    same_depth = untrained_checkpoint.provenance.canonical.unit / student.canonical.unit
    assert (taught[..., ::2, ::2] * same_depth / plain).log().abs().mean() < 0.02


def test_a_teacher_with_flip_gives_the_same_result_for_a_mirrored_picture(untrained_checkpoint, image):
    teacher = Teacher(untrained_checkpoint, untrained_checkpoint.provenance, flip=True)
    left, mirrored = teacher.predict(image)[:, 0], teacher.predict(image.flip(3))[:, 0].flip(2)
    inside = slice(26, -26)  # at each border only one of the two estimates is used
    torch.testing.assert_close(left[..., inside], mirrored[..., inside])
    plain = Teacher(untrained_checkpoint, untrained_checkpoint.provenance).predict(image)
    assert not torch.allclose(left, plain[:, 0]) and torch.equal(teacher.predict(image)[:, 1], plain[:, 1])


def test_a_teacher_with_another_input_colour_is_refused(untrained_checkpoint):
    coloured = Checkpoint(replace(untrained_checkpoint.provenance, input_colour='rgb'), untrained_checkpoint.state)
    with pytest.raises(TrainingError, match='--teacher: dnano takes rgb images, but the training uses gray ones'):
        Teacher(coloured, untrained_checkpoint.provenance)
